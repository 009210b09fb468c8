//! The place in a value where it cannot be written, and why.

use std::fmt::Write as _;

use mlua::Error;

/// What is wrong, and the way there from the inside out.
pub(super) struct EncodeError {
    what: String,
    path: Vec<Segment>,
}

pub(super) enum Segment {
    Key(String),
    Index(usize),
}

impl EncodeError {
    pub(super) fn new(what: impl Into<String>) -> Self {
        EncodeError {
            what: what.into(),
            path: Vec::new(),
        }
    }

    pub(super) fn under(mut self, segment: Segment) -> Self {
        self.path.push(segment);
        self
    }

    pub(super) fn words(&self, caller: &str, root: &str) -> String {
        let mut words = format!("{caller}: {root}");
        for segment in self.path.iter().rev() {
            // Writing to a String does not fail.
            let _ = match segment {
                Segment::Index(index) => write!(words, "[{index}]"),
                Segment::Key(key) if is_name(key) => write!(words, ".{key}"),
                Segment::Key(key) => write!(words, "[{key:?}]"),
            };
        }
        words.push(' ');
        words.push_str(&self.what);
        words
    }
}

impl From<Error> for EncodeError {
    fn from(error: Error) -> Self {
        EncodeError::new(format!("could not be read: {error}"))
    }
}

fn is_name(key: &str) -> bool {
    !key.is_empty()
        && !key.starts_with(|c: char| c.is_ascii_digit())
        && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}
