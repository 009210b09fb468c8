use std::fmt;
use std::time::Duration;

/// Decides when users start, whether they begin another session, and when a run is over.
///
/// Times are those of the run's clock, which starts at zero and stands still in a pause. A model holds no state: what
/// has happened so far is told to it.
pub trait ArrivalModel: fmt::Debug {
    /// When the next user starts, where so many have before it: not before `elapsed`.
    fn next_start(&self, elapsed: Duration, started: u32) -> Duration;

    /// Whether a user begins another session after one that has just ended.
    fn repeats(&self, user: UserProgress) -> bool;

    /// Sessions that all users together may begin; none: as many as there is time for.
    fn sessions(&self) -> Option<u64>;

    /// When the run is over, whatever its users do; none: once the last user has left.
    fn end(&self) -> Option<Duration>;

    /// What the run has before it; none: nobody knows.
    fn remaining(&self, run: RunProgress) -> Option<Remaining>;
}

/// What one user has done when its session has ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UserProgress {
    /// Sessions in a row that were not completed, this one included.
    pub failures: u32,
    /// Whether the target was lost in the middle of this one.
    pub lost_target: bool,
}

/// What all users have done so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RunProgress {
    /// On the run's clock.
    pub elapsed: Duration,
    /// Size of the crowd.
    pub users: u32,
    /// Sessions that have ended.
    pub sessions: u64,
}

/// What a run has before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remaining {
    Time(Duration),
    Sessions(u64),
}
