use super::Name;

/// What the reader wants of an import.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted {
    /// The name of the type, or the beginning of the names of several.
    pub name: Name,
    /// What the file is called, for comments.
    pub source: String,
    /// Of a description of an API: the tags whose operations are wanted.
    pub tags: Vec<String>,
    /// The operations that are wanted, by id, or method and path; without tags and operations all are.
    pub operations: Vec<String>,
    /// Whether users also make mistakes, which the API has to refuse.
    pub mistakes: bool,
    /// How a log is read.
    pub log: LogOptions,
}

/// How a log is read.
#[derive(Clone, Debug, PartialEq)]
pub struct LogOptions {
    /// Names of fields of a JSON log, by what they mean: `time`, `method`, `path`, `request`, `status`, `duration`,
    /// `session`, `ip`, `agent`.
    pub fields: Vec<(String, String)>,
    /// Whether the time of a line is when its request began; else when it was answered.
    pub times_are_starts: bool,
    /// The time zone of the day, and of times without one, as in the IANA database.
    pub zone: Option<String>,
    /// Seconds of silence after which a session without a key is another one.
    pub session_gap: f64,
    /// Seconds of a day in the log, where it is compressed.
    pub day_length: Option<f64>,
}

/// Seconds of silence that end a session, as in WESSBAS and in analytics of sites.
pub const SESSION_GAP: f64 = 1800.0;

impl Default for LogOptions {
    fn default() -> Self {
        Self {
            fields: Vec::new(),
            times_are_starts: false,
            zone: None,
            session_gap: SESSION_GAP,
            day_length: None,
        }
    }
}
