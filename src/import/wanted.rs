use super::Name;

/// What the reader wants of an import.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted {
    /// The name of the type, or the beginning of the names of several.
    pub name: Name,
    /// What the file is called, for comments.
    pub source: String,
}
