//! Circuit breakers of the whole run: shards report failures in a row, and learn which breakers are open and who may try.
//!
//! Closed, open, half open after M. Nygard, "Release It!" (2007): open after a run of failures; when the back-off is over
//! half open, where one request of the whole run tries; closed when that one is answered, else open for longer.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::messages::{BreakerReport, BreakerSignal, Ending};
use crate::metrics::{Breaker, BreakerState, MAX_SCOPES, Scope};
use crate::pace::Backoff;
use crate::random::Stream;

/// How long a breaker stays open: about a second at first, and never so long that a target that is back waits long for
/// its users.
const BACKOFF: Backoff = Backoff {
    base: Duration::from_secs(1),
    cap: Duration::from_secs(10),
};

/// What a circuit breaker asks the run to do.
#[derive(Debug, Clone, PartialEq)]
pub enum BreakerAction {
    /// Send this to one shard; none: to all.
    Signal {
        shard: Option<usize>,
        scope: Scope,
        signal: BreakerSignal,
    },
    /// Log this, and keep it as an event.
    Announce(String),
}

/// Every circuit breaker of a run that was open once. Times count from any fixed moment.
pub struct CircuitBreakers {
    threshold: u32,
    random: Stream,
    all: BTreeMap<Scope, Circuit>,
}

/// Every circuit breaker that was open once, at a moment.
pub type CircuitStates = Vec<(Scope, Circuit)>;

/// One circuit breaker.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Circuit {
    state: State,
    /// Failures in a row, by shard.
    failing: BTreeMap<usize, u32>,
    /// Tries in a row that failed, the failures that opened it being the first.
    failed: u32,
    /// Since when it is not closed, when it was failures that opened it.
    failing_since: Option<Duration>,
    /// Since when it is not closed, whatever opened it.
    shut_since: Option<Duration>,
    opens: u64,
    asked: u64,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Serialize, Deserialize)]
enum State {
    #[default]
    Closed,
    Open(Duration),
    HalfOpen,
    Probing(usize),
}

impl CircuitBreakers {
    /// All closed; they open after so many failures in a row.
    pub fn new(threshold: u32, random: Stream) -> Self {
        Self {
            threshold,
            random,
            all: BTreeMap::new(),
        }
    }

    /// What shards know of those that are not closed.
    pub fn signals(&self) -> impl Iterator<Item = (Scope, BreakerSignal)> + '_ {
        self.all.iter().filter_map(|(scope, circuit)| {
            let state = match circuit.state {
                State::Closed => return None,
                State::HalfOpen => BreakerState::HalfOpen,
                State::Open(_) | State::Probing(_) => BreakerState::Open,
            };
            Some((scope.clone(), BreakerSignal::Set(state)))
        })
    }

    /// As they stand.
    pub fn state(&self) -> CircuitStates {
        let all = self.all.iter();
        all.map(|(scope, circuit)| (scope.clone(), circuit.clone()))
            .collect()
    }

    /// Goes on with how they stood at another moment: shards learn it anew, and who tried then tries no more.
    pub fn resume(&mut self, states: CircuitStates) -> Vec<BreakerAction> {
        self.all = states.into_iter().collect();
        let signals = self.all.iter_mut().map(|(scope, circuit)| {
            let signal = match circuit.state {
                State::Closed => BreakerState::Closed,
                State::Open(_) => BreakerState::Open,
                State::HalfOpen | State::Probing(_) => {
                    circuit.state = State::HalfOpen;
                    BreakerState::HalfOpen
                }
            };
            BreakerAction::Signal {
                shard: None,
                scope: scope.clone(),
                signal: BreakerSignal::Set(signal),
            }
        });
        signals.collect()
    }

    /// A shard reports what happened.
    pub fn on_report(
        &mut self,
        shard: usize,
        report: BreakerReport,
        now: Duration,
    ) -> Vec<BreakerAction> {
        let scope = report.scope();
        if self.all.len() >= 2 * MAX_SCOPES && !self.all.contains_key(scope) {
            return vec![BreakerAction::Signal {
                shard: Some(shard),
                scope: scope.clone(),
                signal: BreakerSignal::Set(BreakerState::Closed),
            }];
        }
        match report {
            BreakerReport::Failing { scope, failures } => self.failing(shard, scope, failures, now),
            BreakerReport::Recovered(scope) => {
                if let Some(circuit) = self.all.get_mut(&scope) {
                    circuit.failing.remove(&shard);
                }
                Vec::new()
            }
            BreakerReport::RetryAfter { scope, pause } => {
                let circuit = self.all.entry(scope.clone()).or_default();
                circuit.asked += 1;
                let until = match circuit.state {
                    State::Open(until) => until.max(now + pause),
                    _ => now + pause,
                };
                circuit.state = State::Open(until);
                circuit.shut_since.get_or_insert(now);
                vec![BreakerAction::Signal {
                    shard: None,
                    scope,
                    signal: BreakerSignal::Set(BreakerState::Open),
                }]
            }
            BreakerReport::ProbeWanted(scope) => {
                let circuit = self.all.entry(scope.clone()).or_default();
                let signal = match circuit.state {
                    State::HalfOpen => {
                        circuit.state = State::Probing(shard);
                        BreakerSignal::Probe
                    }
                    // It has missed the last word, or that one is on its way.
                    State::Closed => BreakerSignal::Set(BreakerState::Closed),
                    State::Open(_) | State::Probing(_) => return Vec::new(),
                };
                vec![BreakerAction::Signal {
                    shard: Some(shard),
                    scope,
                    signal,
                }]
            }
            BreakerReport::Probed { scope, ending } => self.probe_ended(shard, scope, ending, now),
        }
    }

    fn failing(
        &mut self,
        shard: usize,
        scope: Scope,
        failures: u32,
        now: Duration,
    ) -> Vec<BreakerAction> {
        let circuit = self.all.entry(scope.clone()).or_default();
        match circuit.state {
            State::Closed => {}
            // It has opened by itself and missed what the others know.
            State::HalfOpen => {
                return vec![BreakerAction::Signal {
                    shard: Some(shard),
                    scope,
                    signal: BreakerSignal::Set(BreakerState::HalfOpen),
                }];
            }
            State::Open(_) | State::Probing(_) => return Vec::new(),
        }
        circuit.failing.insert(shard, failures);
        let sum: u32 = circuit
            .failing
            .values()
            .fold(0, |sum, run| sum.saturating_add(*run));
        if sum < self.threshold {
            return Vec::new();
        }
        circuit.failing.clear();
        circuit.failed = 1;
        circuit.opens += 1;
        circuit.failing_since = Some(now);
        circuit.shut_since = Some(now);
        let pause = BACKOFF.delay(1, self.random.float());
        circuit.state = State::Open(now + pause);
        let text = format!(
            "{scope} after {sum} failures in a row; one request tries again in {:.1} s",
            pause.as_secs_f64()
        );
        vec![
            BreakerAction::Signal {
                shard: None,
                scope,
                signal: BreakerSignal::Set(BreakerState::Open),
            },
            BreakerAction::Announce(format!("opened: {text}")),
        ]
    }

    fn probe_ended(
        &mut self,
        shard: usize,
        scope: Scope,
        ending: Ending,
        now: Duration,
    ) -> Vec<BreakerAction> {
        let Some(circuit) = self.all.get_mut(&scope) else {
            return Vec::new();
        };
        if circuit.state != State::Probing(shard) {
            return Vec::new();
        }
        match ending {
            Ending::Succeeded => {
                circuit.state = State::Closed;
                circuit.failed = 0;
                circuit.shut_since = None;
                let report = circuit.failing_since.take().map(|since| {
                    let after = now.saturating_sub(since).as_secs_f64();
                    BreakerAction::Announce(format!(
                        "closed: {scope} works again after {after:.1} s"
                    ))
                });
                let signal = BreakerAction::Signal {
                    shard: None,
                    scope,
                    signal: BreakerSignal::Set(BreakerState::Closed),
                };
                [Some(signal), report].into_iter().flatten().collect()
            }
            Ending::Failed(retry_after) => {
                circuit.failed += 1;
                let pause = BACKOFF.delay(circuit.failed, self.random.float());
                circuit.state = State::Open(now + pause.max(retry_after.unwrap_or_default()));
                vec![BreakerAction::Signal {
                    shard: None,
                    scope,
                    signal: BreakerSignal::Set(BreakerState::Open),
                }]
            }
            Ending::RetryAfter(time) => {
                circuit.asked += 1;
                circuit.state = State::Open(now + time);
                vec![BreakerAction::Signal {
                    shard: None,
                    scope,
                    signal: BreakerSignal::Set(BreakerState::Open),
                }]
            }
            Ending::Unknown => {
                circuit.state = State::HalfOpen;
                vec![BreakerAction::Signal {
                    shard: None,
                    scope,
                    signal: BreakerSignal::Set(BreakerState::HalfOpen),
                }]
            }
        }
    }

    /// When the next one is half open; none: no one waits for that.
    pub fn next_half_open(&self) -> Option<Duration> {
        let open = self.all.values().filter_map(|circuit| match circuit.state {
            State::Open(until) => Some(until),
            _ => None,
        });
        open.min()
    }

    /// Those whose time is over are half open.
    pub fn half_open_due(&mut self, now: Duration) -> Vec<BreakerAction> {
        let mut actions = Vec::new();
        for (scope, circuit) in &mut self.all {
            if matches!(circuit.state, State::Open(until) if until <= now) {
                circuit.state = State::HalfOpen;
                actions.push(BreakerAction::Signal {
                    shard: None,
                    scope: scope.clone(),
                    signal: BreakerSignal::Set(BreakerState::HalfOpen),
                });
            }
        }
        actions
    }

    /// A shard is gone: what it was to try others may.
    pub fn shard_ended(&mut self, shard: usize) -> Vec<BreakerAction> {
        let mut actions = Vec::new();
        for (scope, circuit) in &mut self.all {
            circuit.failing.remove(&shard);
            if circuit.state == State::Probing(shard) {
                circuit.state = State::HalfOpen;
                actions.push(BreakerAction::Signal {
                    shard: None,
                    scope: scope.clone(),
                    signal: BreakerSignal::Set(BreakerState::HalfOpen),
                });
            }
        }
        actions
    }

    /// Those that were ever open, as they are now; `age` is the run's at `now`.
    pub fn states(&self, now: Duration, age: Duration) -> BTreeMap<Scope, Breaker> {
        let were = |(_, circuit): &(&Scope, &Circuit)| {
            circuit.opens + circuit.asked > 0 || circuit.state != State::Closed
        };
        let state = |(scope, circuit): (&Scope, &Circuit)| {
            let (state, tries_at) = match circuit.state {
                State::Closed => (BreakerState::Closed, None),
                State::Open(until) => (BreakerState::Open, Some(age + until.saturating_sub(now))),
                State::HalfOpen | State::Probing(_) => (BreakerState::HalfOpen, None),
            };
            let breaker = Breaker {
                state,
                trying: matches!(circuit.state, State::Probing(_)),
                opens: circuit.opens,
                asked: circuit.asked,
                tries_at,
                shut_since: circuit
                    .shut_since
                    .map(|since| age.saturating_sub(now.saturating_sub(since))),
            };
            (scope.clone(), breaker)
        };
        self.all.iter().filter(were).map(state).collect()
    }
}
