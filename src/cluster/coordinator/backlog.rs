//! Whether records of workers that the server should have do not come: a consumer whose server is lost is made anew by its client,
//! which takes up to half a minute to notice.

use std::time::Duration;

/// Records come each second; one that has not come by then does not come this way.
const LATE: Duration = Duration::from_secs(4);

/// What is missing of what workers declare.
#[derive(Default)]
pub struct Backlog {
    since: Option<Duration>,
}

impl Backlog {
    /// A record has come.
    pub fn came(&mut self) {
        self.since = None;
    }

    /// Whether it is time to read anew, where workers have counted more than has come. Said once in a while.
    pub fn is_late(&mut self, is_behind: bool, now: Duration) -> bool {
        if !is_behind {
            self.since = None;
            return false;
        }
        let since = *self.since.get_or_insert(now);
        let is_late = now.saturating_sub(since) >= LATE;
        if is_late {
            self.since = None;
        }
        is_late
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_not_come_for_some_seconds_is_late_once() {
        let second = Duration::from_secs;
        let mut backlog = Backlog::default();
        assert!(!backlog.is_late(true, second(1)));
        assert!(!backlog.is_late(true, second(4)));
        assert!(backlog.is_late(true, second(5)));
        assert!(!backlog.is_late(true, second(6)), "once");
        backlog.came();
        assert!(!backlog.is_late(true, second(9)));
        assert!(!backlog.is_late(false, second(14)));
        assert!(!backlog.is_late(true, second(15)));
    }
}
