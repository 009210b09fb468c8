/// How a session ended.
#[derive(Debug, PartialEq, Eq)]
pub enum SessionEnd {
    /// Its requests are spent, or it left by `next`.
    Completed,
    /// The run ended first.
    Interrupted,
    /// The roster has no place for this user, or one of another type.
    Removed,
    /// Its script raised an error.
    Script(String),
    /// The target could not be reached, or the script declined to go on.
    GaveUp(String),
}

impl SessionEnd {
    /// Why it failed.
    pub fn why(&self) -> Option<&str> {
        match self {
            Self::Script(why) | Self::GaveUp(why) => Some(why),
            Self::Completed | Self::Interrupted | Self::Removed => None,
        }
    }

    /// How its session is counted.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::Interrupted | Self::Removed => "interrupted",
            Self::Script(_) | Self::GaveUp(_) => "failed",
        }
    }
}
