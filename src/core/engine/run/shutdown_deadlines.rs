//! The timetable of a stop.

use std::time::Duration;

/// When what is still under way is cancelled, counted from the stop. Each line is later than the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShutdownDeadlines {
    /// Requests of steps may take until then; what is left is cancelled.
    pub cut: Duration,
    /// `on_stop` may take until then.
    pub end: Duration,
    /// A shard that has not ended by then is left behind (its script computes without end inside one slice), and a
    /// teardown is cancelled.
    pub leave_behind: Duration,
    /// Clean-up may take until then; what remains is listed.
    pub clean: Duration,
}

impl ShutdownDeadlines {
    /// Of a stop that somebody asked for: all of it ends within 30 s, whatever the target and the scripts do.
    pub const ASKED: Self = Self {
        cut: Duration::from_secs(10),
        end: Duration::from_secs(20),
        leave_behind: Duration::from_secs(22),
        clean: Duration::from_secs(28),
    };

    /// Of a run that ends by itself: nobody waits, so a request has all the time that a request may take, and none is
    /// cancelled before its own timeout.
    pub fn of_itself(self, request_timeout: Duration) -> Self {
        let cut = self.cut.max(request_timeout + Duration::from_secs(1));
        let later = cut - self.cut;
        Self {
            cut,
            end: self.end + later,
            leave_behind: self.leave_behind + later,
            clean: self.clean + later,
        }
    }
}

impl Default for ShutdownDeadlines {
    fn default() -> Self {
        Self::ASKED
    }
}
