use crate::text;

/// Why a file cannot be imported: where in it, what is wrong, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{what}; {remedy}", .place.as_ref().map(|place| format!("{place}: ")).unwrap_or_default())]
pub struct ImportError {
    /// A line and column (`12:7`), or a place in the document (`/log/entries/3`).
    pub place: Option<String>,
    /// What is wrong, on one line.
    pub what: String,
    /// What the reader can do.
    pub remedy: String,
}

impl ImportError {
    /// An error of the file as a whole.
    pub fn new(what: impl AsRef<str>, remedy: impl Into<String>) -> Self {
        Self {
            place: None,
            what: text::line(what.as_ref()).into_owned(),
            remedy: remedy.into(),
        }
    }

    /// An error at a place in the file.
    pub fn at(place: impl AsRef<str>, what: impl AsRef<str>, remedy: impl Into<String>) -> Self {
        Self {
            place: Some(text::line(place.as_ref()).into_owned()),
            ..Self::new(what, remedy)
        }
    }
}
