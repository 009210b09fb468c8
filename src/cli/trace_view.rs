use std::path::PathBuf;

/// What is made of the trace of one user.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TraceView {
    /// Whether it was asked for by `try`, rather than by `--trace`.
    pub is_try: bool,
    /// Where it is written as a page.
    pub html: Option<PathBuf>,
    /// Where it is written as JSON.
    pub json: Option<PathBuf>,
    /// Whether headers and more of bodies are shown.
    pub is_verbose: bool,
    /// Whether each request is shown as a curl command.
    pub curl: bool,
    /// Before which steps the user stops.
    pub step: Option<StepStop>,
    /// Whether it runs again on each save.
    pub repeats: bool,
    /// Thresholds of the plan, which are not judged: a run of one user says nothing about them.
    pub unjudged: usize,
}

/// Before which steps a user stops.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StepStop {
    /// Before each.
    Each,
    /// Before the one of this name.
    Named(String),
}

/// Which user is followed, and how it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inspect {
    /// A number, or a type.
    pub user: String,
    /// Which of its last sessions, from 1, the newest; none: what it does from now on.
    pub last: Option<usize>,
    pub verbose: bool,
    pub curl: bool,
    /// Where the page is written at the end.
    pub html: Option<PathBuf>,
}
