//! Whether messages that the server should have do not come. A consumer that is lost with its server is recreated by the client of
//! NATS, which takes up to half a minute to notice; whoever knows what is missing recreates it sooner. Pure: times are arguments.

use std::time::Duration;

/// What the server has is there within moments, and records come each second: what has not come by then is overdue.
const OVERDUE: Duration = Duration::from_secs(4);

/// Since when something is missing.
#[derive(Default)]
pub struct Overdue {
    since: Option<Duration>,
}

impl Overdue {
    /// A message has come.
    pub fn came(&mut self) {
        self.since = None;
    }

    /// Whether the consumer is to be recreated now. After that it has the same time again.
    pub fn look(&mut self, is_missing: bool, now: Duration) -> bool {
        if !is_missing {
            self.since = None;
            return false;
        }
        let since = *self.since.get_or_insert(now);
        let is_overdue = now.saturating_sub(since) >= OVERDUE;
        if is_overdue {
            self.since = None;
        }
        is_overdue
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_not_come_for_some_seconds_is_overdue_once() {
        let second = Duration::from_secs;
        let mut overdue = Overdue::default();
        assert!(!overdue.look(true, second(1)));
        assert!(!overdue.look(true, second(4)));
        assert!(overdue.look(true, second(5)));
        assert!(!overdue.look(true, second(6)), "once");
        overdue.came();
        assert!(!overdue.look(true, second(9)));
        assert!(!overdue.look(true, second(12)), "since it came");
        assert!(!overdue.look(false, second(14)));
        assert!(!overdue.look(true, second(15)), "since nothing was missing");
    }
}
