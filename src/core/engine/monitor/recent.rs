//! What was counted in the last seconds, so that a condition has its figures and the place where most of it is.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use crate::metrics::{
    Arrivals, DropReason, Dropping, Failing, FailingGroup, FailureKind, Operation, ScriptsFailing,
    Snapshot,
};

/// How far back it looks.
const WINDOW: Duration = Duration::from_secs(10);

/// Sums at the ends of the last seconds, the oldest first.
#[derive(Default)]
pub struct Recent {
    sums: VecDeque<Sums>,
    failing: Spell,
    script_errors: Spell,
    dropping: Spell,
}

/// What was counted until a moment.
#[derive(Clone, Default)]
struct Sums {
    at: Duration,
    requests: u64,
    failed: u64,
    groups: BTreeMap<(Operation, FailureKind), u64>,
    script_errors: BTreeMap<(String, String), u64>,
    arrivals: Arrivals,
}

/// Since when something is counted again and again, with less than [`WINDOW`] between.
#[derive(Clone, Copy, Default)]
struct Spell {
    since: Option<Duration>,
    last: Duration,
}

impl Spell {
    /// A second that ended at `now` and began at `began`, in which it was counted or not.
    fn observe(&mut self, is_counted: bool, began: Duration, now: Duration) {
        if is_counted {
            self.since.get_or_insert(began);
            self.last = now;
        } else if now.saturating_sub(self.last) >= WINDOW {
            self.since = None;
        }
    }
}

impl Recent {
    /// One second more.
    pub fn observe(&mut self, snapshot: &Snapshot) {
        let now = Sums::of(snapshot);
        let before = self.sums.back().cloned().unwrap_or_default();
        let spells = [
            (&mut self.failing, now.failed > before.failed),
            (
                &mut self.script_errors,
                now.script_errors != before.script_errors,
            ),
            (
                &mut self.dropping,
                now.arrivals.dropped() > before.arrivals.dropped(),
            ),
        ];
        for (spell, is_counted) in spells {
            spell.observe(is_counted, before.at, now.at);
        }
        if self.sums.is_empty() {
            self.sums.push_back(Sums::default());
        }
        // A pause and the clean-up are no time of the run.
        if now.at == before.at && self.sums.len() > 1 {
            self.sums.pop_back();
        }
        self.sums.push_back(now);
        while self.sums.len() > 2 && self.age(&self.sums[1]) >= WINDOW {
            self.sums.pop_front();
        }
    }

    fn age(&self, sums: &Sums) -> Duration {
        let now = self.sums.back().map_or(Duration::ZERO, |last| last.at);
        now.saturating_sub(sums.at)
    }

    fn ends(&self) -> Option<(&Sums, &Sums, Duration)> {
        let (first, last) = (self.sums.front()?, self.sums.back()?);
        Some((first, last, self.age(first)))
    }

    /// Failed requests; none where nothing failed.
    pub fn failing(&self) -> Option<Failing> {
        let (since, (first, last, over)) = (self.failing.since?, self.ends()?);
        let failed = last.failed - first.failed;
        let grown = last.groups.iter().map(|(group, count)| {
            let before = first.groups.get(group).copied().unwrap_or_default();
            (group, count.saturating_sub(before))
        });
        let most = grown.filter(|(_, count)| *count > 0);
        let most = most.max_by_key(|(_, count)| *count);
        (failed > 0).then(|| Failing {
            since,
            over,
            requests: last.requests - first.requests,
            failed,
            most: most.map(|((operation, kind), count)| FailingGroup {
                count,
                reason: kind.to_string(),
                operation: operation.clone(),
            }),
        })
    }

    /// Errors of scripts; none where none was raised.
    pub fn script_errors(&self) -> Option<ScriptsFailing> {
        let (since, (first, last, over)) = (self.script_errors.since?, self.ends()?);
        let grown = last.script_errors.iter().map(|(error, count)| {
            let before = first.script_errors.get(error).copied();
            (error, count.saturating_sub(before.unwrap_or_default()))
        });
        let grown: Vec<_> = grown.filter(|(_, count)| *count > 0).collect();
        let ((place, message), _) = grown.iter().max_by_key(|(_, count)| *count)?;
        Some(ScriptsFailing {
            since,
            over,
            count: grown.iter().map(|(_, count)| count).sum(),
            place: place.clone(),
            message: message.clone(),
        })
    }

    /// Dropped arrivals; none where none was dropped.
    pub fn dropping(&self) -> Option<Dropping> {
        let (since, (first, last, over)) = (self.dropping.since?, self.ends()?);
        let by = |why| last.arrivals.dropped_by(why) - first.arrivals.dropped_by(why);
        let reason = DropReason::ALL.into_iter().max_by_key(|why| by(*why))?;
        let dropped = last.arrivals.dropped() - first.arrivals.dropped();
        (dropped > 0).then(|| Dropping {
            since,
            over,
            arrivals: last.arrivals.total - first.arrivals.total,
            dropped,
            reason,
        })
    }
}

impl Sums {
    fn of(snapshot: &Snapshot) -> Self {
        let outcomes = snapshot.requests();
        let mut sums = Self {
            at: snapshot.elapsed,
            requests: outcomes.total() - outcomes.cancelled,
            failed: outcomes.failed(),
            arrivals: snapshot.arrivals(),
            ..Self::default()
        };
        for (series, totals) in &snapshot.totals.series {
            for (kind, failure) in &totals.failures {
                let group = (series.operation.clone(), kind.clone());
                *sums.groups.entry(group).or_default() += failure.count;
            }
        }
        for error in &snapshot.totals.script_errors {
            let error_key = (error.place.clone(), error.message.clone());
            *sums.script_errors.entry(error_key).or_default() += error.count;
        }
        sums
    }
}
