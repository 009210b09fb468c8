//! How a worker leaves a run under way: its users have some time to end their sessions. Pure: times are arguments.

use std::time::Duration;

use crate::engine::ShutdownDeadlines;

/// A worker that leaves.
pub struct Leaving {
    /// Since when it is in a hurry; none: its users take the time that they need.
    since: Option<Duration>,
    cuts_made: usize,
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// Users begin no step, and their requests are cancelled.
    Requests,
    /// Everything is dropped.
    Everything,
}

impl Leaving {
    /// It was stopped at this moment.
    pub fn stopped(now: Duration) -> Self {
        Self {
            since: Some(now),
            cuts_made: 0,
        }
    }

    /// The run lets it go.
    pub fn dismissed() -> Self {
        Self {
            since: None,
            cuts_made: 0,
        }
    }

    /// Whether it was stopped.
    pub fn is_stopped(&self) -> bool {
        self.since.is_some()
    }

    /// What is due now; each is said once.
    pub fn due(&mut self, now: Duration) -> Option<Cut> {
        let age = now.saturating_sub(self.since?);
        let limits = ShutdownDeadlines::ASKED;
        let cuts = [(limits.cut, Cut::Requests), (limits.end, Cut::Everything)];
        let (limit, cut) = *cuts.get(self.cuts_made)?;
        (age >= limit).then(|| {
            self.cuts_made += 1;
            cut
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_was_stopped_has_the_time_of_a_stop_and_who_was_let_go_any() {
        let seconds = Duration::from_secs;
        let mut leaving = Leaving::stopped(seconds(100));
        assert_eq!(leaving.due(seconds(109)), None);
        assert_eq!(leaving.due(seconds(110)), Some(Cut::Requests));
        assert_eq!(leaving.due(seconds(111)), None, "once");
        assert_eq!(leaving.due(seconds(120)), Some(Cut::Everything));
        assert_eq!(leaving.due(seconds(200)), None);
        assert_eq!(Leaving::dismissed().due(seconds(10_000)), None);
    }
}
