//! Canary analysis: the new version is promoted or rolled back by what it did in comparison with the old one in the same
//! time.

use std::time::Duration;

use super::releases::{CanaryRelease, CanaryType, VersionChange};
use crate::metrics::{self, Rate, Snapshot, TypeId, VersionTotals, lower_bound};
use crate::plan::{CanaryRules, Reload};
use crate::view::format::{self, count};

/// Steps that a new version makes before it goes on for all, however long that takes.
pub const STEPS_NEEDED: u64 = 200;

/// Fewer failed requests than this are accidents of the target: the bound is looked at each second, and one failure
/// among the first few requests would pass it. A script that raises an error is no accident.
const LEAST_FAILURES: u64 = 3;

/// The comparison of a canary with what it is to replace.
#[derive(Debug)]
pub struct CanaryAnalysis {
    release: u32,
    pairs: Vec<Pair>,
    rules: CanaryRules,
    tolerance: f64,
    /// The run's age at its beginning.
    began: Duration,
}

/// A type of the canary: what its versions had done when the canary began.
#[derive(Debug)]
struct Pair {
    kind: TypeId,
    users: u32,
    old: (u32, Done),
    new: (u32, Done),
}

/// What is compared.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Done {
    requests: u64,
    failed: u64,
    steps: u64,
    errors: u64,
}

/// What becomes of a canary.
#[derive(Debug, PartialEq)]
pub enum CanaryVerdict {
    /// It goes on.
    Wait,
    /// All users move to the new version.
    Promote,
    /// It is rolled back: why, in a sentence.
    RollBack(String),
}

impl CanaryAnalysis {
    /// Of a canary that begins now.
    pub fn begin(
        canary: &CanaryRelease,
        rules: CanaryRules,
        reload: &Reload,
        snapshot: &Snapshot,
    ) -> Self {
        let pairs = canary.types.iter().map(
            |CanaryType {
                 kind,
                 change: VersionChange { old, new },
                 users,
             }| Pair {
                kind: *kind,
                users: *users,
                old: (*old, Done::of(snapshot, *kind, *old)),
                new: (*new, Done::of(snapshot, *kind, *new)),
            },
        );
        Self {
            release: canary.number,
            pairs: pairs.collect(),
            rules,
            tolerance: reload.tolerance,
            began: snapshot.elapsed,
        }
    }

    /// Looks at what was done until now.
    pub fn judge(&self, snapshot: &Snapshot) -> CanaryVerdict {
        let mut all = (Done::default(), Done::default());
        for pair in &self.pairs {
            let (old, new) = pair.since(snapshot);
            all = (all.0.plus(old), all.1.plus(new));
            if let Some(why) = self.worse(snapshot.type_name(pair.kind), old, new) {
                return CanaryVerdict::RollBack(why);
            }
        }
        if let Some(why) = self.worse("all types together", all.0, all.1) {
            return CanaryVerdict::RollBack(why);
        }
        let over = snapshot.elapsed >= self.began + self.rules.time;
        if over && all.1.steps >= STEPS_NEEDED {
            CanaryVerdict::Promote
        } else {
            CanaryVerdict::Wait
        }
    }

    /// How it stands.
    pub fn view(&self, snapshot: &Snapshot) -> metrics::Canary {
        let steps = self.pairs.iter().map(|pair| pair.since(snapshot).1.steps);
        let end = self.began + self.rules.time;
        metrics::Canary {
            release: self.release,
            types: self.pairs.iter().map(|pair| pair.kind).collect(),
            share: self.rules.share,
            users: self.pairs.iter().map(|pair| u64::from(pair.users)).sum(),
            steps: steps.sum(),
            steps_needed: STEPS_NEEDED,
            left: end.saturating_sub(snapshot.elapsed),
        }
    }

    /// Says in what the new one is worse than the old one, if it is by more than the tolerance.
    fn worse(&self, of: &str, old: Done, new: Done) -> Option<String> {
        let measures = [
            (
                "requests fail",
                LEAST_FAILURES,
                new.failures(),
                old.failures(),
            ),
            ("steps raise errors", 1, new.faults(), old.faults()),
        ];
        measures.into_iter().find_map(|(what, least, new, old)| {
            let points = lower_bound(new, old) * 100.0;
            let evident = new.hits >= least && points > self.tolerance;
            evident.then(|| {
                format!(
                    "{of}: {} of its {what}, {} before; worse by at least {points:.1} points, and {} are tolerated",
                    share(new),
                    share(old),
                    self.tolerance
                )
            })
        })
    }
}

fn share(rate: Rate) -> String {
    let share = format::share(rate.hits, rate.of);
    format!("{share} ({} of {})", count(rate.hits), count(rate.of))
}

impl Pair {
    /// What the old and the new version did since the beginning. An old one that did nothing in that time (all of
    /// its users are in the canary, or asleep) is judged by all that it ever did.
    fn since(&self, snapshot: &Snapshot) -> (Done, Done) {
        let ever = Done::of(snapshot, self.kind, self.old.0);
        let old = match ever.less(self.old.1) {
            nothing if nothing.requests == 0 && nothing.steps == 0 => ever,
            done => done,
        };
        let new = Done::of(snapshot, self.kind, self.new.0).less(self.new.1);
        (old, new)
    }
}

impl Done {
    fn of(snapshot: &Snapshot, kind: TypeId, version: u32) -> Self {
        let totals = snapshot.totals.types.get(&kind);
        let Some(totals) = totals.and_then(|totals| totals.versions.get(&version)) else {
            return Self::default();
        };
        let VersionTotals {
            outcomes,
            steps,
            script_errors,
            ..
        } = totals;
        Self {
            requests: outcomes.total() - outcomes.cancelled,
            failed: outcomes.failed(),
            steps: *steps,
            errors: *script_errors,
        }
    }

    fn failures(self) -> Rate {
        Rate {
            hits: self.failed,
            of: self.requests,
        }
    }

    /// An error of `on_start` belongs to no step: it counts as one that failed.
    fn faults(self) -> Rate {
        Rate {
            hits: self.errors,
            of: self.steps.max(self.errors),
        }
    }

    fn less(self, before: Self) -> Self {
        Self {
            requests: self.requests.saturating_sub(before.requests),
            failed: self.failed.saturating_sub(before.failed),
            steps: self.steps.saturating_sub(before.steps),
            errors: self.errors.saturating_sub(before.errors),
        }
    }

    fn plus(self, other: Self) -> Self {
        Self {
            requests: self.requests + other.requests,
            failed: self.failed + other.failed,
            steps: self.steps + other.steps,
            errors: self.errors + other.errors,
        }
    }
}
