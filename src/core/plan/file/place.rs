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

/// The places of a text, found once for all.
pub(super) struct Places {
    /// The file as messages name it.
    file: Arc<str>,
    /// Where each line begins, in bytes.
    lines: Vec<usize>,
}

impl Places {
    pub(super) fn of(name: &str, text: &str) -> Self {
        let ends = text.match_indices('\n').map(|(at, _)| at + 1);
        Self {
            file: Arc::from(name),
            lines: std::iter::once(0).chain(ends).collect(),
        }
    }

    /// The place of a byte of the text.
    pub(super) fn at(&self, text: &str, at: usize) -> Place {
        let at = text.floor_char_boundary(at);
        // The first line begins at 0, so one of them has begun.
        let line = self.lines.partition_point(|begin| *begin <= at).max(1);
        Place {
            file: Arc::clone(&self.file),
            line,
            column: text[self.lines[line - 1]..at].chars().count() + 1,
        }
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
