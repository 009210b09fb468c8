use std::path::PathBuf;

/// Whether a run is kept, and what it is compared with.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    /// Runs that are kept; 0: none, not this one either.
    pub keep: u32,
    pub note: Option<String>,
    pub baseline: Option<Baseline>,
}

/// The run with which another one is compared at its end.
#[derive(Clone, Debug, PartialEq)]
pub struct Baseline {
    /// As typed: an id, `last`, `last~N`, or a file.
    pub run: String,
    /// By how much, as a share, it may be worse; none: it is only shown.
    pub fail_by: Option<f64>,
}

/// What a line of `runs` means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Runs {
    pub command: RunsCommand,
    /// Most runs that are listed; none: all.
    pub limit: Option<u32>,
    pub filter: Option<String>,
    /// The folder of the history; none: this user's.
    pub state_dir: Option<PathBuf>,
    pub json: bool,
}

/// What is done with the runs of the history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RunsCommand {
    List,
    /// These ids, or beginnings of them.
    Remove(Vec<String>),
}

/// What a line of `show` means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Show {
    /// As typed: an id, `last`, `last~N`, or a file.
    pub run: String,
    /// The file to which it is written with its blocks.
    pub export: Option<PathBuf>,
    /// The file to which its page is written.
    pub html: Option<PathBuf>,
    pub state_dir: Option<PathBuf>,
    pub json: bool,
}

/// What a line of `compare` means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compare {
    pub a: String,
    pub b: String,
    /// Whether what does not differ is listed too.
    pub all: bool,
    pub state_dir: Option<PathBuf>,
    pub json: bool,
}
