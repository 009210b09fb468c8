use serde::{Deserialize, Serialize};

/// One entry of the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// From 1; entries that were dropped keep theirs.
    pub number: u64,
    /// When it was written: RFC 3339, in UTC.
    pub at: String,
    pub level: Level,
    pub kind: Kind,
    /// The type of the user that it is about, where it is about one.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub user_type: Option<String>,
    /// One line.
    pub text: String,
    /// What stands below it: a stack of calls, a list.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub lines: String,
}

/// What an entry says, before it has its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEntry {
    pub level: Level,
    pub kind: Kind,
    pub user_type: Option<String>,
    pub text: String,
    pub lines: String,
}

/// How much an entry matters, the most important first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    Error,
    Warn,
    Info,
    Debug,
}

/// What an entry is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// The run itself: its start, warnings, its end.
    Run,
    /// What was done to the run: `reload`, `pause`, `valve`; an event of `GET /api/v1/run`.
    Event,
    /// What a script wrote or raised.
    Script,
    /// A request that failed.
    Failure,
}

impl Level {
    pub const ALL: [Self; 4] = [Self::Error, Self::Warn, Self::Info, Self::Debug];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Debug => "debug",
        }
    }

    /// The level of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.as_str() == name)
    }
}

impl Kind {
    pub const ALL: [Self; 4] = [Self::Run, Self::Event, Self::Script, Self::Failure];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Run => "run",
            Self::Event => "event",
            Self::Script => "script",
            Self::Failure => "failure",
        }
    }

    /// The kind of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}
