use serde::{Deserialize, Serialize};

/// One sentence about a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StatusLine {
    pub level: Level,
    pub kind: StatusKind,
    /// The sentence, without a full stop: `Target unavailable: circuit open for 9 s, next try in 2 s`.
    pub text: String,
    /// The run's age since which it holds; left out where it has no beginning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since_seconds: Option<f64>,
    /// Where there is more about it.
    pub place: Place,
}

/// How bad it is, the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// The run fails, or what it measures is worth nothing.
    Critical,
    /// Something is wrong.
    Warning,
    /// What one has to know to read the figures.
    Info,
    /// Nothing is wrong.
    Ok,
}

/// What it is about, within a level the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StatusKind {
    /// The run ended itself.
    Stopped,
    /// A circuit breaker is not closed.
    CircuitOpen,
    /// No request gets a response.
    NoResponse,
    /// This machine cannot send.
    NotSent,
    /// No request ends.
    NoRequests,
    /// Every session fails.
    SessionsFail,
    /// A stop rule is about to end the run.
    StopRule,
    Ledger,
    /// A threshold that fails.
    Threshold,
    /// It is worse than its baseline, or is not.
    Regression,
    /// It covers less of the document than is wanted, or does not.
    Coverage,
    /// Requests fail.
    Failures,
    /// A save of the scripts was refused.
    Refused,
    /// Scripts were rolled back.
    RolledBack,
    ScriptErrors,
    Quarantine,
    /// The generator is overloaded.
    Generator,
    DroppedArrivals,
    /// There are fewer users than planned.
    BelowPlan,
    LoadShedding,
    /// What the run created is still on the target.
    LeftBehind,
    /// An output does not deliver.
    Output,
    Paused,
    Stopping,
    Cleaning,
    Starting,
    Canary,
    Incident,
    WarmUp,
    /// What a search does, and what it found.
    Search,
    /// All thresholds pass.
    ThresholdsPass,
    Healthy,
}

/// A tab of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    Overview,
    Endpoints,
    Steps,
    Failures,
    Scripts,
    Events,
    Controls,
}

impl Level {
    /// The word for it in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::Warning => "warning",
            Self::Info => "info",
            Self::Ok => "ok",
        }
    }
}

impl StatusLine {
    pub(super) fn critical(kind: StatusKind, place: Place, text: impl Into<String>) -> Self {
        Self::new(Level::Critical, kind, place, text)
    }

    pub(super) fn warning(kind: StatusKind, place: Place, text: impl Into<String>) -> Self {
        Self::new(Level::Warning, kind, place, text)
    }

    pub(super) fn info(kind: StatusKind, place: Place, text: impl Into<String>) -> Self {
        Self::new(Level::Info, kind, place, text)
    }

    pub(super) fn new(
        level: Level,
        kind: StatusKind,
        place: Place,
        text: impl Into<String>,
    ) -> Self {
        Self {
            level,
            kind,
            text: text.into(),
            since_seconds: None,
            place,
        }
    }

    pub(super) fn since(self, seconds: f64) -> Self {
        Self {
            since_seconds: Some(seconds),
            ..self
        }
    }
}
