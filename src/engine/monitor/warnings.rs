//! What is said of a run while it goes on, once each: that the target does not answer, that scripts may not go somewhere,
//! that the generator does not keep up.

use std::collections::{BTreeMap, BTreeSet};

use crate::http::ErrorKind;
use crate::metrics::{FailureKind, FailureNote, Snapshot};

/// Places that are named one by one; more would be a flood.
const PLACES: usize = 10;
/// Share of a core above which a thread is late by its own work rather than by that of other programs.
const MOSTLY_BUSY: f64 = 0.5;

/// What was said already.
#[derive(Default)]
pub struct Notices {
    silent: bool,
    overloaded: bool,
    refused: BTreeSet<String>,
    lacking: BTreeSet<String>,
}

/// Whether a request was not sent because the run is not allowed to connect there.
pub fn is_refusal(kind: &FailureKind) -> bool {
    matches!(kind, FailureKind::Network(word) if word == ErrorKind::Refused.as_str())
}

/// Says at the end for how long the generator was overloaded, if it was.
pub fn say_overload(snapshot: &Snapshot) {
    let generator = &snapshot.generator;
    if generator.overloaded > 0 {
        tracing::warn!(
            "the generator was overloaded in {} of {} s: times of those seconds say more about it than about the target",
            generator.overloaded,
            generator.judged
        );
    }
}

impl Notices {
    /// Says once that the target does not answer, and once that it does again.
    pub fn silence(&mut self, snapshot: &Snapshot, target: &str) {
        let outcomes = snapshot.interval.outcomes();
        let answered = outcomes.ok + outcomes.expected + outcomes.unexpected;
        if outcomes.error > 0 && answered == 0 && !self.silent {
            let mut notes = snapshot.failures.iter().rev();
            let last = notes.find(|note| !is_refusal(&note.failure));
            let Some(last) = last else { return };
            self.silent = true;
            tracing::warn!(
                "{target} does not answer ({}); users come back after 1-30 s",
                last.text
            );
        } else if answered > 0 && self.silent {
            self.silent = false;
            tracing::warn!("{target} answers again");
        }
    }

    /// Says once that the generator is overloaded.
    pub fn overload(&mut self, snapshot: &Snapshot) {
        let interval = &snapshot.interval;
        if !interval.overloaded || self.overloaded {
            return;
        }
        self.overloaded = true;
        let thread = interval.busiest_thread.map(|share| {
            let percent = share * 100.0;
            format!("its busiest thread used {percent:.0} % of a core, ")
        });
        let remedy = if interval
            .busiest_thread
            .is_none_or(|share| share > MOSTLY_BUSY)
        {
            "fewer users, --max-rps, more --threads or a larger machine help"
        } else {
            "other programs take the time of this machine: give the generator one of its own"
        };
        tracing::warn!(
            "the generator is overloaded: {}its timers were {:.1} ms late (p99) in the last second; times say more about it than about the target; {remedy}",
            thread.unwrap_or_default(),
            interval.lag_p99.as_secs_f64() * 1e3
        );
    }

    /// Says once for each thing that this machine lacks, and that it is not the target.
    pub fn shortages(&mut self, not_sent: &BTreeMap<String, u64>) {
        for why in not_sent.keys() {
            if self.lacking.len() < PLACES && self.lacking.insert(why.clone()) {
                tracing::error!(
                    "requests cannot leave this machine, which is no failure of the target: {why}"
                );
            }
        }
    }

    /// Says once for each place that scripts tried to go where they may not.
    pub fn refusals(&mut self, notes: &[FailureNote]) {
        for note in notes.iter().filter(|note| is_refusal(&note.failure)) {
            let place = note.text.split_once("not allowed: ");
            let place = place.map_or(&*note.text, |(_, place)| place);
            if self.refused.len() < PLACES && self.refused.insert(place.to_owned()) {
                tracing::warn!("{}", note.text);
            }
        }
    }
}
