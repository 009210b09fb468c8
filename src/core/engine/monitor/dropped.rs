//! Warns when arrivals of an open crowd begin to be dropped.

use std::time::Duration;

use super::action::{Action, Monitor};
use crate::metrics::{Arrivals, DropReason, Snapshot};
use crate::view::format::count;

/// After so long without a dropped arrival the next one is said again.
const QUIET: Duration = Duration::from_secs(60);

/// With fewer places for each thread one may have none left while others do.
const SMALL_SHARE: u64 = 64;

/// Says why arrivals are dropped, when it begins.
pub struct DroppedWarning {
    max_users: u32,
    threads: usize,
    before: Arrivals,
    /// When one was last dropped, by reason.
    last: [Option<Duration>; DropReason::ALL.len()],
}

impl DroppedWarning {
    /// For a run with at most this many users, on this many threads.
    pub fn new(max_users: u32, threads: usize) -> Self {
        Self {
            max_users,
            threads,
            before: Arrivals::default(),
            last: [None; DropReason::ALL.len()],
        }
    }

    /// That threads have shares of the places, where those are small.
    fn share_of_a_thread(&self) -> String {
        let places = u64::from(self.max_users);
        if self.threads < 2 || places >= SMALL_SHARE * self.threads as u64 {
            return String::new();
        }
        format!(
            "; each of the {} threads has a share of its own of it, so fewer --threads help too",
            self.threads
        )
    }

    fn words(&self, why: DropReason, dropped: u64, arrivals: u64) -> String {
        let of = format!("{} of {} arrivals", count(dropped), count(arrivals));
        match why {
            DropReason::MaxUsers => format!(
                "arrivals are dropped: {of} in the last second were over --max-users {}; raise it, \
                 lower --arrivals, or find out why sessions take so long{}",
                count(u64::from(self.max_users)),
                self.share_of_a_thread()
            ),
            DropReason::Late => format!(
                "arrivals are dropped: {of} in the last second could not begin within a second of \
                 their due time, because this machine is too busy; lower --arrivals, or give more \
                 --threads or a larger machine"
            ),
            DropReason::Script => format!(
                "arrivals are dropped: {of} in the last second had no script to run, because it \
                 does not load or every session of it fails; see the errors of the scripts"
            ),
        }
    }
}

impl Monitor for DroppedWarning {
    fn observe(&mut self, snapshot: &Snapshot) -> Vec<Action> {
        let (now, before) = (snapshot.arrivals(), self.before);
        self.before = now;
        let mut actions = Vec::new();
        for (place, why) in DropReason::ALL.into_iter().enumerate() {
            let dropped = now.dropped_by(why) - before.dropped_by(why);
            if dropped == 0 {
                continue;
            }
            let last = self.last[place].replace(snapshot.elapsed);
            let is_new = last.is_none_or(|last| snapshot.elapsed.saturating_sub(last) > QUIET);
            if is_new {
                let text = self.words(why, dropped, now.total - before.total);
                actions.push(Action::warn(text.clone()));
                actions.push(Action::Record("dropped", text));
            }
        }
        actions
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::TypeId;

    fn snapshot(second: u64, arrivals: Arrivals) -> Snapshot {
        let mut snapshot = Snapshot {
            elapsed: Duration::from_secs(second),
            ..Snapshot::default()
        };
        let totals = snapshot.totals.types.entry(TypeId(0)).or_default();
        totals.arrivals = arrivals;
        snapshot
    }

    #[test]
    fn threads_are_named_where_each_has_few_places() {
        for (max_users, threads, is_said) in [(511, 8, true), (512, 8, false), (1, 1, false)] {
            let warning = DroppedWarning::new(max_users, threads);
            let words = warning.words(DropReason::MaxUsers, 1, 2);
            let said = words.ends_with("of it, so fewer --threads help too");
            assert_eq!(said, is_said, "{words}");
        }
    }

    #[test]
    fn it_is_said_when_it_begins_and_again_after_a_quiet_minute() {
        let mut warning = DroppedWarning::new(10_000, 8);
        let arrivals = |total, dropped_max_users, dropped_late| Arrivals {
            total,
            dropped_max_users,
            dropped_late,
            ..Arrivals::default()
        };
        for (second, arrivals, warnings) in [
            (1, arrivals(50, 0, 0), 0),
            (2, arrivals(100, 20, 0), 1),
            (3, arrivals(150, 40, 0), 0),
            (4, arrivals(200, 40, 3), 1),
            (60, arrivals(300, 41, 3), 0),
            (121, arrivals(400, 42, 4), 2),
        ] {
            let actions = warning.observe(&snapshot(second, arrivals));
            assert_eq!(actions.len(), 2 * warnings, "second {second}");
            if let (2, Some(Action::Record(_, text))) = (second, actions.last()) {
                assert!(text.contains("20 of 50 arrivals"), "{text}");
                assert!(text.contains("over --max-users 10,000"), "{text}");
                assert!(!text.contains("--threads"), "{text}");
            }
        }
    }
}
