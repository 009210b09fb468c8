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
    use crate::metrics::{Aggregator, Recorder, RunInfo, ScriptFault, SessionResult};

    const KIND: TypeId = TypeId(0);

    /// A run in which each second one session ends as told.
    struct Run {
        aggregator: Aggregator,
        recorder: Recorder,
        ward: Ward,
    }

    impl Run {
        fn new() -> Self {
            let info = RunInfo {
                types: vec!["active".to_owned()],
                ..RunInfo::default()
            };
            Self {
                aggregator: Aggregator::new(info),
                recorder: Recorder::new(),
                ward: Ward::default(),
            }
        }

        fn second(&mut self, at: u64, result: SessionResult<'_>, script: bool) -> Vec<TypeId> {
            if script {
                let (place, message) = ("scripts/active.lua:3", "oh no");
                self.recorder.script_error(ScriptFault {
                    kind: KIND,
                    version: 1,
                    place,
                    message,
                    traceback: "",
                });
            }
            self.recorder.session(KIND, result);
            self.aggregator.absorb(0, self.recorder.take());
            self.ward
                .look(&self.aggregator.tick(Duration::from_secs(at)))
        }
    }

    #[test]
    fn a_type_whose_script_fails_in_every_session_for_30_seconds_is_sick_once() {
        let mut run = Run::new();
        let sick: Vec<u64> = (0..50)
            .filter(|at| {
                !run.second(*at, SessionResult::Failed("script"), true)
                    .is_empty()
            })
            .collect();
        assert_eq!(sick, [30]);
    }

    #[test]
    fn one_good_session_or_a_failure_of_the_target_makes_nobody_sick() {
        let mut run = Run::new();
        for at in 0..100 {
            let good = at % 20 == 19;
            let result = if good {
                SessionResult::Completed
            } else {
                SessionResult::Failed("script")
            };
            assert_eq!(run.second(at, result, !good), []);
        }
        let mut down = Run::new();
        assert!((0..100).all(|at| {
            down.second(at, SessionResult::Failed("refused"), false)
                .is_empty()
        }));
    }
}
