//! What is wrong with a document, and where.

use std::fmt;

/// A place in the text of a document; both count from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column, in characters.
    pub column: usize,
}

/// One thing that is wrong with a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where in the text, if that is known.
    pub position: Option<Position>,
    /// JSON pointer (RFC 6901) to the value, if it is one.
    pub pointer: Option<String>,
    /// What is wrong, and what to do.
    pub message: String,
}

impl Fault {
    /// Of the whole document.
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self {
            position: None,
            pointer: None,
            message: message.into(),
        }
    }

    /// Of the text at this place.
    pub(super) fn at(line: usize, column: usize, message: impl Into<String>) -> Self {
        Self {
            position: Some(Position { line, column }),
            ..Self::new(message)
        }
    }

    /// Of the value that this pointer leads to.
    pub(super) fn of(pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            pointer: Some(pointer.into()),
            ..Self::new(message)
        }
    }

    /// The fault in a sentence that begins with the document's name and the place in it.
    pub fn in_document(&self, name: &str) -> String {
        match self.position {
            Some(Position { line, column }) => format!("{name}:{line}:{column}: {self}"),
            None => format!("{name}: {self}"),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.pointer {
            Some(pointer) => write!(f, "#{pointer}: {}", self.message),
            None => f.write_str(&self.message),
        }
    }
}

/// All that is wrong with a document; at least one thing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
pub struct Faults(pub Vec<Fault>);

impl From<Fault> for Faults {
    fn from(fault: Fault) -> Self {
        Self(vec![fault])
    }
}
