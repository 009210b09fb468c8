//! What a line of `throng test` means.

use std::path::PathBuf;
use std::time::Duration;

use super::resolved::Resolved;

/// What is tested, and how results are written.
#[derive(Clone, Debug, PartialEq)]
pub struct Test {
    /// The scripts, as a run would have them.
    pub run: Resolved,
    /// Files and folders; empty: those beside the scripts.
    pub paths: Vec<PathBuf>,
    /// Only tests whose names contain this.
    pub filter: Option<String>,
    pub format: Format,
    /// Where the results go; none: to stdout.
    pub output: Option<PathBuf>,
    /// How long one test may take.
    pub timeout: Duration,
    /// Whether the lines that ran are counted.
    pub coverage: bool,
    /// The file for them.
    pub lcov: Option<PathBuf>,
    /// Whether it runs again at each save.
    pub watch: bool,
}

/// How results are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Human,
    Tap,
    Junit,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Human, Self::Tap, Self::Junit];

    /// As it is typed.
    pub fn name(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::Tap => "tap",
            Self::Junit => "junit",
        }
    }
}
