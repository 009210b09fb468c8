//! Quarantine of types whose every session fails in their own script: their users begin no session for a while.

use std::time::Duration;

use super::action::{Action, Monitor};
use crate::metrics::{Snapshot, TypeId};

/// A type is quarantined when for so long its script failed and no session of it completed.
const FAILING_FOR: Duration = Duration::from_secs(30);
/// How long its users wait before they try again.
const PERIOD: Duration = Duration::from_secs(60);

/// What is known of the types' last good session.
#[derive(Default)]
pub struct Quarantine {
    types: Vec<TypeHealth>,
}

#[derive(Default, Clone)]
struct TypeHealth {
    completed: u64,
    failed: u64,
    errors: u64,
    since: Option<Duration>,
}

impl Quarantine {
    /// Looks at a snapshot; gives the types that have been failing long enough, once each time.
    fn failing_types(&mut self, snapshot: &Snapshot) -> Vec<TypeId> {
        let mut failing = Vec::new();
        for (kind, totals) in &snapshot.totals.types {
            let index = usize::from(kind.0);
            if self.types.len() <= index {
                self.types.resize(index + 1, TypeHealth::default());
            }
            let errors = snapshot
                .totals
                .script_errors
                .iter()
                .filter(|error| error.kind == *kind)
                .map(|error| error.count)
                .sum();
            let health = &mut self.types[index];
            let sessions = &totals.sessions;
            if sessions.completed > health.completed {
                health.since = None;
            } else if errors > health.errors && sessions.failed > health.failed {
                let since = *health.since.get_or_insert(snapshot.elapsed);
                if snapshot.elapsed.saturating_sub(since) >= FAILING_FOR {
                    health.since = None;
                    failing.push(*kind);
                }
            }
            health.completed = sessions.completed;
            health.failed = sessions.failed;
            health.errors = errors;
        }
        failing
    }
}

impl Monitor for Quarantine {
    fn observe(&mut self, snapshot: &Snapshot) -> Vec<Action> {
        let quarantined = self.failing_types(snapshot).into_iter().flat_map(|kind| {
            let text = format!(
                "every session of the type '{}' failed for {} s; it is quarantined for {} s, or \
                 until its script changes",
                snapshot.type_name(kind),
                FAILING_FOR.as_secs(),
                PERIOD.as_secs()
            );
            [
                Action::error(&*text),
                Action::Record("quarantine", text),
                Action::Quarantine {
                    kind,
                    period: PERIOD,
                },
            ]
        });
        quarantined.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::{Aggregator, Recorder, RunInfo, ScriptFault, SessionResult};

    const KIND: TypeId = TypeId(0);

    /// A run in which each second one session ends as given.
    struct FakeRun {
        hub: Aggregator,
        recorder: Recorder,
        quarantine: Quarantine,
    }

    impl FakeRun {
        fn new() -> Self {
            let info = RunInfo {
                types: vec!["active".to_owned()],
                ..RunInfo::default()
            };
            Self {
                hub: Aggregator::new(info),
                recorder: Recorder::new(),
                quarantine: Quarantine::default(),
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
            self.hub.absorb(0, self.recorder.take());
            self.quarantine
                .failing_types(&self.hub.tick(Duration::from_secs(at)))
        }
    }

    #[test]
    fn a_type_whose_script_fails_in_every_session_for_30_seconds_is_quarantined_once() {
        let mut run = FakeRun::new();
        let quarantined: Vec<u64> = (0..50)
            .filter(|at| {
                !run.second(*at, SessionResult::Failed("script"), true)
                    .is_empty()
            })
            .collect();
        assert_eq!(quarantined, [30]);
    }

    #[test]
    fn one_good_session_or_a_failure_of_the_target_quarantines_nobody() {
        let mut run = FakeRun::new();
        for at in 0..100 {
            let good = at % 20 == 19;
            let result = if good {
                SessionResult::Completed
            } else {
                SessionResult::Failed("script")
            };
            assert_eq!(run.second(at, result, !good), []);
        }
        let mut down = FakeRun::new();
        assert!((0..100).all(|at| {
            down.second(at, SessionResult::Failed("refused"), false)
                .is_empty()
        }));
    }
}
