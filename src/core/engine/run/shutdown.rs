//! Shutdown of a run: how far it is on the way to its end, and what is due next. Pure: the time is an argument.

use std::time::Duration;

use tokio::time::Instant;

use super::shutdown_deadlines::ShutdownDeadlines;
use crate::engine::checkpoint::ShutdownState;
use crate::metrics::Deadline;

/// Why and since when a run is ending, if it is.
pub struct Shutdown {
    /// Of a shutdown that was asked for.
    deadlines: ShutdownDeadlines,
    request_timeout: Duration,
    /// Since when users finish and leave.
    draining: Option<Instant>,
    /// Since when a signal, a command or a monitor wants it to end.
    requested: Option<Instant>,
    /// The last deadline that was acted on: one that passes while the run does something else is not lost.
    met: Option<Due>,
    is_aborted: bool,
}

/// What a deadline asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Due {
    /// Users finish their request and leave.
    Drain,
    /// Requests of steps are cancelled.
    CancelSteps,
    /// What is still under way is dropped.
    End,
    /// Shards that have not ended are left behind.
    LeaveBehind,
}

impl Shutdown {
    /// Of a run that goes on. A request takes at most `request_timeout`.
    pub fn new(deadlines: ShutdownDeadlines, request_timeout: Duration) -> Self {
        Self {
            deadlines,
            request_timeout,
            draining: None,
            requested: None,
            met: None,
            is_aborted: false,
        }
    }

    /// How far it is.
    pub fn state(&self, now: Instant) -> ShutdownState {
        let lasted = |since: Instant| now.saturating_duration_since(since);
        ShutdownState {
            draining: self.draining.map(lasted),
            requested: self.requested.map(lasted),
        }
    }

    /// Goes on with how far one was so long ago.
    pub fn resume(&mut self, state: ShutdownState, age: Duration, now: Instant) {
        let since = |lasted: Duration| now.checked_sub(lasted + age).unwrap_or(now);
        self.draining = state.draining.map(since);
        self.requested = state.requested.map(since);
    }

    /// The run is to end; false if that was so already.
    pub fn request(&mut self, now: Instant) -> bool {
        let is_first = self.requested.is_none();
        if is_first {
            self.requested = Some(now);
            self.met = None;
        }
        is_first
    }

    /// Users finish and leave from now on.
    pub fn drain(&mut self, now: Instant) {
        self.draining.get_or_insert(now);
    }

    /// Whether users finish and leave.
    pub fn is_draining(&self) -> bool {
        self.draining.is_some()
    }

    /// Whether it goes by deadlines.
    pub fn is_under_way(&self) -> bool {
        self.since().is_some()
    }

    /// The run ends at once.
    pub fn abort(&mut self) {
        self.is_aborted = true;
    }

    /// Whether it ends at once.
    pub fn is_aborted(&self) -> bool {
        self.is_aborted
    }

    /// Whether the run is ending, or never began.
    pub fn is_stopping(&self) -> bool {
        self.draining.is_some() || self.is_aborted
    }

    /// When the next deadline of a shutdown under way is, which may be past; none when the last one was acted on, or
    /// there is no shutdown.
    pub fn next_deadline(&self) -> Option<Instant> {
        self.ahead()?.first().map(|(at, _)| *at)
    }

    /// What a shutdown under way does next, and in how long.
    pub fn next(&self, now: Instant) -> Option<(Deadline, Duration)> {
        let (at, due) = self.ahead()?.into_iter().next()?;
        let what = match due {
            Due::Drain => return None,
            Due::CancelSteps => Deadline::CancelRequests,
            Due::End => Deadline::End,
            Due::LeaveBehind => Deadline::LeaveBehind,
        };
        Some((what, at.saturating_duration_since(now)))
    }

    /// What is due now that a deadline is over, once.
    pub fn due(&mut self, now: Instant) -> Option<Due> {
        let Some(ahead) = self.ahead() else {
            return Some(Due::Drain);
        };
        let (_, due) = ahead.into_iter().rfind(|(at, _)| *at <= now)?;
        self.met = Some(due);
        Some(due)
    }

    /// The deadlines that were not acted on; none where there is no shutdown.
    fn ahead(&self) -> Option<Vec<(Instant, Due)>> {
        let (since, deadlines) = self.since()?;
        let all = [
            (since + deadlines.cut, Due::CancelSteps),
            (since + deadlines.end, Due::End),
            (since + deadlines.leave_behind, Due::LeaveBehind),
        ];
        let ahead = all.into_iter().filter(|(_, due)| self.met < Some(*due));
        Some(ahead.collect())
    }

    /// Until when a teardown may take that would otherwise have until `patience`.
    pub fn teardown_deadline(&self, patience: Instant) -> Instant {
        self.requested
            .map_or(patience, |since| since + self.deadlines.leave_behind)
    }

    /// Until when a clean-up may take; none where nobody asked for an end.
    pub fn cleanup_deadline(&self) -> Option<Instant> {
        self.requested.map(|since| since + self.deadlines.clean)
    }

    /// Since when the run is ending, and by which deadlines.
    fn since(&self) -> Option<(Instant, ShutdownDeadlines)> {
        match (self.requested, self.draining) {
            (Some(since), _) => Some((since, self.deadlines)),
            (None, Some(since)) => Some((since, self.deadlines.of_itself(self.request_timeout))),
            (None, None) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn shutdown() -> Shutdown {
        Shutdown::new(ShutdownDeadlines::ASKED, seconds(30))
    }

    #[test]
    fn a_shutdown_that_was_asked_for_goes_by_its_deadlines() {
        let now = Instant::now();
        let mut shutdown = shutdown();
        assert_eq!(shutdown.next_deadline(), None);
        assert_eq!(shutdown.due(now), Some(Due::Drain));
        assert!(shutdown.request(now));
        shutdown.drain(now);
        assert!(!shutdown.request(now + seconds(1)), "the first one counts");
        assert!(shutdown.is_stopping() && !shutdown.is_aborted());
        for (at, due, next) in [
            (9, None, Some(10)),
            (10, Some(Due::CancelSteps), Some(20)),
            (21, Some(Due::End), Some(22)),
            (22, Some(Due::LeaveBehind), None),
        ] {
            assert_eq!(shutdown.due(now + seconds(at)), due, "{at} s");
            let next = next.map(|next| now + seconds(next));
            assert_eq!(shutdown.next_deadline(), next, "{at} s");
            assert_eq!(shutdown.due(now + seconds(at)), None, "once, at {at} s");
        }
        assert_eq!(shutdown.cleanup_deadline(), Some(now + seconds(28)));
    }

    #[test]
    fn a_deadline_that_passes_while_something_else_is_done_is_kept_later() {
        let now = Instant::now();
        let mut shutdown = shutdown();
        shutdown.request(now);
        shutdown.drain(now);
        assert_eq!(shutdown.due(now + seconds(10)), Some(Due::CancelSteps));
        // The run is busy from second 19 to second 23: two deadlines have passed, and the later one holds.
        assert_eq!(shutdown.next_deadline(), Some(now + seconds(20)));
        assert_eq!(shutdown.due(now + seconds(23)), Some(Due::LeaveBehind));
        assert_eq!(shutdown.next_deadline(), None);
    }

    #[test]
    fn a_run_that_ends_by_itself_lets_requests_finish() {
        let now = Instant::now();
        let mut shutdown = shutdown();
        shutdown.drain(now);
        shutdown.drain(now + seconds(1));
        assert_eq!(shutdown.due(now + seconds(30)), None);
        assert_eq!(shutdown.due(now + seconds(31)), Some(Due::CancelSteps));
        assert_eq!(shutdown.cleanup_deadline(), None);
        let patience = now + seconds(60);
        assert_eq!(shutdown.teardown_deadline(patience), patience);
    }
}
