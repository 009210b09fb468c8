//! Warnings that a run gives once each: the target does not answer, scripts may not connect somewhere, the generator does
//! not keep up.

use std::collections::{BTreeMap, BTreeSet};

use super::action::{Action, Monitor};
use crate::http::ErrorKind;
use crate::metrics::{
    Batch, FailureKind, FailureNote, GeneratorVerdict, Interval, MAX_STEP_NAMES, OTHER,
    OverloadReason, Snapshot,
};
use crate::view::format::{cpu, time};
use crate::view::verdict_sentence;

/// Places that are named one by one; more would be a flood.
const PLACES: usize = 10;
/// Share of a core above which a thread is late by its own work rather than by that of other programs.
const MOSTLY_BUSY: f64 = 0.5;
/// What the scheduler's lateness and a saturated thread are known by; other reasons have warnings of their own.
const OVERLOAD: [OverloadReason; 3] = [
    OverloadReason::ThreadCpu,
    OverloadReason::SchedulerLag,
    OverloadReason::SendRate,
];

/// Whether a request was not sent because the run is not allowed to connect there.
pub fn is_refusal(kind: &FailureKind) -> bool {
    matches!(kind, FailureKind::Network(word) if word == ErrorKind::NotAllowed.as_str())
}

/// For how long the generator was overloaded in the whole run, if it was.
pub fn overload_summary(snapshot: &Snapshot) -> Option<String> {
    let generator = &snapshot.generator;
    let verdict = GeneratorVerdict::of(generator);
    if generator.overloaded > 0 {
        return Some(format!(
            "the generator was overloaded in {} of {} s: times of those seconds say more about it \
             than about the target; verdict {}",
            generator.overloaded,
            generator.judged,
            verdict_sentence(generator)
        ));
    }
    verdict
        .filter(|verdict| *verdict != GeneratorVerdict::Valid)
        .map(|_| {
            format!(
                "the verdict on the generator is {}",
                verdict_sentence(generator)
            )
        })
}

/// Warns when the target stops answering, and when it answers again.
pub struct SilenceWarning {
    target: String,
    is_silent: bool,
}

impl SilenceWarning {
    pub fn new(target: &str) -> Self {
        Self {
            target: target.to_owned(),
            is_silent: false,
        }
    }
}

impl Monitor for SilenceWarning {
    fn observe(&mut self, snapshot: &Snapshot) -> Vec<Action> {
        if !snapshot.interval.is_whole() {
            return Vec::new();
        }
        let target = &self.target;
        let outcomes = snapshot.interval.outcomes();
        let answered = outcomes.ok + outcomes.expected + outcomes.unexpected;
        if outcomes.error > 0 && answered == 0 && !self.is_silent {
            let mut notes = snapshot.failures.iter().rev();
            let Some(last) = notes.find(|note| !is_refusal(&note.failure)) else {
                return Vec::new();
            };
            self.is_silent = true;
            return vec![Action::warn(format!(
                "{target} does not respond ({}); users retry after 1-30 s",
                last.text
            ))];
        }
        if answered > 0 && self.is_silent {
            self.is_silent = false;
            return vec![Action::warn(format!("{target} responds again"))];
        }
        Vec::new()
    }
}

/// Warns once that the generator is overloaded.
#[derive(Default)]
pub struct OverloadWarning {
    given: bool,
}

impl Monitor for OverloadWarning {
    fn observe(&mut self, snapshot: &Snapshot) -> Vec<Action> {
        let interval = &snapshot.interval;
        let is_late = OVERLOAD.iter().any(|one| interval.reasons.contains(one));
        if !interval.is_whole() || !is_late || self.given {
            return Vec::new();
        }
        self.given = true;
        let thread = interval
            .busiest_thread
            .map(|share| format!("its busiest thread used {} of a core, ", cpu(Some(share))));
        let remedy = remedy(interval);
        vec![Action::warn(format!(
            "the generator is overloaded: {}its timers were {} late (p99) in the last \
             second; times say more about it than about the target; {remedy}",
            thread.unwrap_or_default(),
            time(interval.lag_p99.as_secs_f64())
        ))]
    }
}

/// What helps against the most likely cause.
fn remedy(interval: &Interval) -> &'static str {
    let has = |reason| interval.reasons.contains(&reason);
    if has(OverloadReason::CpuQuota) {
        "a CPU quota of its container or its service holds it up: raise that"
    } else if has(OverloadReason::Swapping) {
        "its memory is on disk: give this machine more, or the run fewer users"
    } else if has(OverloadReason::Steal) {
        "the hypervisor gives this machine's processors to others: take one with processors of its own"
    } else if interval
        .busiest_thread
        .is_none_or(|share| share > MOSTLY_BUSY)
    {
        "fewer users, --max-rps, more --threads or a larger machine help"
    } else {
        "other programs take the time of this machine: give the generator one of its own"
    }
}

/// Warns when the time of day is set or the machine was suspended, once each.
#[derive(Default)]
pub struct ClockWarning {
    given: BTreeSet<OverloadReason>,
}

impl Monitor for ClockWarning {
    fn observe(&mut self, snapshot: &Snapshot) -> Vec<Action> {
        let texts = [
            (
                OverloadReason::ClockJump,
                "the time of day of this machine was set: times of the log and of traces are not \
                 comparable with those before; durations are right",
            ),
            (
                OverloadReason::Suspended,
                "this machine was suspended: its connections may be gone, and nothing was sent",
            ),
        ];
        let reasons = &snapshot.interval.reasons;
        let mut actions = Vec::new();
        for (reason, text) in texts {
            if reasons.contains(&reason) && self.given.insert(reason) {
                actions.push(Action::warn(text));
                actions.push(Action::Record("clock", text.to_owned()));
            }
        }
        actions
    }
}

/// Warns once that steps and journeys have too many names.
#[derive(Default)]
pub struct StepNamesWarning {
    given: bool,
}

impl Monitor for StepNamesWarning {
    fn observe(&mut self, snapshot: &Snapshot) -> Vec<Action> {
        let totals = &snapshot.totals;
        let mut names = totals.steps.keys().chain(totals.journeys.keys());
        if self.given || !names.any(|(_, name)| name == OTHER) {
            return Vec::new();
        }
        self.given = true;
        vec![Action::warn(format!(
            "steps and journeys have more than {MAX_STEP_NAMES} names: further ones are counted as \
             {OTHER}; give them fixed names, without an id or a number in them"
        ))]
    }
}

/// Warns once for each place where scripts may not connect, and for each thing that this machine lacks.
#[derive(Default)]
pub struct UnsentWarnings {
    refused: BTreeSet<String>,
    lacking: BTreeSet<String>,
}

impl UnsentWarnings {
    /// Looks at what a shard could not send.
    pub fn observe(&mut self, batch: &Batch) -> Vec<Action> {
        let mut actions = self.refusals(&batch.failures);
        actions.extend(self.shortages(&batch.totals.not_sent));
        actions
    }

    fn refusals(&mut self, notes: &[FailureNote]) -> Vec<Action> {
        let mut actions = Vec::new();
        for note in notes.iter().filter(|note| is_refusal(&note.failure)) {
            let place = note.text.split_once("not allowed: ");
            let place = place.map_or(&*note.text, |(_, place)| place);
            if self.refused.len() < PLACES && self.refused.insert(place.to_owned()) {
                actions.push(Action::warn(&*note.text));
            }
        }
        actions
    }

    /// A shortage of this machine does not count as a failure of the target.
    fn shortages(&mut self, not_sent: &BTreeMap<String, u64>) -> Vec<Action> {
        let mut actions = Vec::new();
        for why in not_sent.keys() {
            if self.lacking.len() < PLACES && self.lacking.insert(why.clone()) {
                actions.push(Action::error(format!(
                    "this machine cannot send requests, which is not a failure of the target: {why}"
                )));
            }
        }
        actions
    }
}
