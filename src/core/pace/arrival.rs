use std::fmt;
use std::time::Duration;

/// Decides when users start, whether they begin another session, and when a run is over.
///
/// Times are on the run's clock, which starts at zero and stops in a pause. A model has no state: what
/// has happened so far is an argument.
pub trait ArrivalModel: fmt::Debug {
    /// When the next user starts, after so many others: not before `elapsed`.
    fn next_start(&self, elapsed: Duration, started: u32) -> Duration;

    /// Whether a user begins another session after one that has just ended.
    fn repeats(&self, user: UserProgress) -> bool;

    /// Maximum sessions of all users together; none: no maximum.
    fn sessions(&self) -> Option<u64>;

    /// When the run ends, whatever its users do; none: when the last user has left.
    fn end(&self) -> Option<Duration>;

    /// What is left of the run; none: unknown.
    fn remaining(&self, run: RunProgress) -> Option<Remaining>;
}

/// The progress of one user at the end of a session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UserProgress {
    /// Sessions in a row that were not completed, this one included.
    pub failures: u32,
    /// Whether the target was lost in the middle of this one.
    pub lost_target: bool,
}

/// The progress of all users.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RunProgress {
    /// On the run's clock.
    pub elapsed: Duration,
    /// Number of users.
    pub users: u32,
    /// Sessions that have ended.
    pub sessions: u64,
}

/// What is left of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remaining {
    Time(Duration),
    Sessions(u64),
}
