//! Finds types whose every session fails: they are said loudly and their users rest.

use std::time::Duration;

use crate::metrics::{Snapshot, TypeId};

/// A type is sick when for so long its script failed and no session of it completed.
const SICK_AFTER: Duration = Duration::from_secs(30);
/// How long its users rest before they try again.
pub const REST: Duration = Duration::from_secs(60);

/// What is known of the types' last good session.
#[derive(Default)]
pub struct Ward {
    types: Vec<Bed>,
}

#[derive(Default, Clone)]
struct Bed {
    completed: u64,
    failed: u64,
    errors: u64,
    since: Option<Duration>,
}

impl Ward {
    /// Looks at a snapshot; gives the types that have been sick long enough, once each time.
    pub fn look(&mut self, snapshot: &Snapshot) -> Vec<TypeId> {
        let mut sick = Vec::new();
        for (kind, totals) in &snapshot.totals.types {
            let index = usize::from(kind.0);
            if self.types.len() <= index {
                self.types.resize(index + 1, Bed::default());
            }
            let errors = snapshot
                .totals
                .script_errors
                .iter()
                .filter(|error| error.kind == *kind)
                .map(|error| error.count)
                .sum();
            let bed = &mut self.types[index];
            let sessions = &totals.sessions;
            if sessions.completed > bed.completed {
                bed.since = None;
            } else if errors > bed.errors && sessions.failed > bed.failed {
                let since = *bed.since.get_or_insert(snapshot.elapsed);
                if snapshot.elapsed.saturating_sub(since) >= SICK_AFTER {
                    bed.since = None;
                    sick.push(*kind);
                }
            }
            bed.completed = sessions.completed;
            bed.failed = sessions.failed;
            bed.errors = errors;
        }
        sick
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::ScriptError;

    /// A snapshot of one type after so many seconds.
    fn snapshot(seconds: u64, completed: u64, failed: u64, errors: u64) -> Snapshot {
        let mut snapshot = Snapshot {
            elapsed: Duration::from_secs(seconds),
            ..Snapshot::default()
        };
        let totals = snapshot.totals.types.entry(TypeId(1)).or_default();
        totals.sessions.completed = completed;
        totals.sessions.failed = failed;
        snapshot.totals.script_errors.push(ScriptError {
            kind: TypeId(1),
            generation: 1,
            place: "scripts/a.lua:1".to_owned(),
            message: "lost".to_owned(),
            traceback: String::new(),
            count: errors,
        });
        snapshot
    }

    #[test]
    fn a_type_whose_script_fails_for_thirty_seconds_is_sick_and_again_thirty_seconds_later() {
        let mut ward = Ward::default();
        let mut sick = Vec::new();
        for second in 1..=70 {
            if ward.look(&snapshot(second, 0, second, second)) == [TypeId(1)] {
                sick.push(second);
            }
        }
        assert_eq!(sick, [31, 62]);
    }

    #[test]
    fn one_good_session_makes_it_well() {
        let mut ward = Ward::default();
        for second in 1..=59 {
            let completed = u64::from(second >= 30);
            let sick = ward.look(&snapshot(second, completed, second, second));
            assert!(sick.is_empty(), "at {second} s");
        }
    }

    #[test]
    fn sessions_that_fail_for_reasons_of_the_world_are_no_sickness() {
        let mut ward = Ward::default();
        for second in 1..=100 {
            assert!(ward.look(&snapshot(second, 0, second, 0)).is_empty());
        }
    }
}
