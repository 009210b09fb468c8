use std::fmt;
use std::sync::Arc;

use crate::plan::Fault;

/// Where something stands in a file; lines and columns are counted from 1, columns in characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file as messages name it.
    pub file: Arc<str>,
    pub line: usize,
    pub column: usize,
}

impl Place {
    /// The place of a byte of the file's text.
    pub(super) fn of(file: &Arc<str>, text: &str, at: usize) -> Self {
        let before = &text[..text.floor_char_boundary(at)];
        let line = before.rsplit('\n').next().unwrap_or_default();
        Self {
            file: Arc::clone(file),
            line: before.matches('\n').count() + 1,
            column: line.chars().count() + 1,
        }
    }

    /// For sorting places of one file.
    pub fn position(&self) -> (usize, usize) {
        (self.line, self.column)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// A fault of a plan file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileFault {
    pub place: Place,
    pub fault: Fault,
}

impl fmt::Display for FileFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.fault)
    }
}
