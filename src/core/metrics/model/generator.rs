//! Whether the generator itself kept up, which determines how reliable its figures are.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::overload::{OverloadReason, SecondCounts};

/// CPU usage of the generator in an interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Load {
    pub over: Duration,
    /// Processor time of all its threads.
    pub used: Duration,
    /// Share of a core that the busiest of its threads used; none where the system does not report it.
    pub busiest: Option<f64>,
    /// Share of the time for which one of them was ready and waited for a processor, at most.
    pub run_delay: Option<f64>,
    /// Pages that the process waited for.
    pub major_faults: u64,
    /// Processor time of the process and of a target in it.
    pub process: Duration,
}

impl Load {
    /// Processors in use: 1 is one whole core.
    pub fn cores(&self) -> f64 {
        self.used.as_secs_f64() / self.over.as_secs_f64()
    }

    /// That of two machines in the same time, which is that of the first: times add up, of shares the largest counts.
    pub fn beside(self, other: &Self) -> Self {
        Self {
            over: self.over,
            used: self.used + other.used,
            busiest: more(self.busiest, other.busiest),
            run_delay: more(self.run_delay, other.run_delay),
            major_faults: self.major_faults + other.major_faults,
            process: self.process + other.process,
        }
    }
}

/// How the generator kept up, over the seconds with active users after the ramp and the warm-up.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Generator {
    /// Seconds that were checked.
    pub judged: u64,
    /// Those in which it was overloaded.
    pub overloaded: u64,
    /// Those in which there was any reason, script errors included.
    pub faulty: u64,
    /// Those with a reason that is an event and not a measured time.
    pub with_events: u64,
    /// Seconds by reason; one may have several.
    pub reasons: BTreeMap<OverloadReason, u64>,
    /// What the plan had in these seconds, in an open crowd.
    pub planned: Planned,
    /// Steps in these seconds, and errors that scripts raised.
    pub steps: u64,
    pub script_errors: u64,
    /// CPU time that it used in them.
    pub used: Duration,
    /// The duration of that usage.
    pub over: Duration,
    /// Maximum share of a core used by one of its threads in one second.
    pub busiest_thread: Option<f64>,
    /// Requests that workers on other machines counted, and that did not arrive.
    #[serde(default)]
    pub uncounted: u64,
    /// Workers that were lost.
    #[serde(default)]
    pub lost_workers: u64,
    /// Arrivals that were due on them, and are in none of their reports.
    #[serde(default)]
    pub lost_arrivals: u64,
}

/// Arrivals that were due, and those of them that were not sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Planned {
    pub arrivals: u64,
    /// Dropped, for any reason.
    pub dropped: u64,
    /// Of these, dropped at `--max-users`.
    pub dropped_max_users: u64,
}

/// An interval as it was judged.
pub(crate) struct Judged<'a> {
    /// Its length in whole seconds: 1, or longer where the process was stopped.
    pub seconds: u64,
    /// For how long a timer was late at most, in whole seconds: as many seconds had no report.
    pub late_seconds: u64,
    pub reasons: &'a BTreeSet<OverloadReason>,
    pub counts: &'a SecondCounts,
    pub load: Option<Load>,
}

impl Generator {
    /// Processors in use, on average; none where nothing was measured.
    pub fn cores(&self) -> Option<f64> {
        (!self.over.is_zero()).then(|| self.used.as_secs_f64() / self.over.as_secs_f64())
    }

    /// Arrivals of the plan, and those of them that were not sent: dropped ones, and those that were due on lost workers.
    pub fn not_sent(&self) -> (u64, u64) {
        let Planned {
            arrivals, dropped, ..
        } = self.planned;
        (arrivals + self.lost_arrivals, dropped + self.lost_arrivals)
    }

    /// Share of the plan that was sent; none of a closed crowd.
    pub fn sent(&self) -> Option<f64> {
        let (arrivals, not_sent) = self.not_sent();
        let sent = arrivals.saturating_sub(not_sent);
        (arrivals > 0).then(|| sent as f64 / arrivals as f64)
    }

    /// One more second, or as many as the interval lasted. A shard that was held up for several seconds reports it once: then
    /// the seconds before are counted, too.
    pub(crate) fn judge(&mut self, second: &Judged<'_>) {
        self.judged += second.seconds;
        if !second.reasons.is_empty() {
            let late = second.late_seconds.max(second.seconds);
            let seconds = late.min(self.judged - self.faulty);
            self.faulty += seconds;
            let is_overload = second.reasons.iter().any(|reason| reason.is_overload());
            self.overloaded += if is_overload { seconds } else { 0 };
            let is_event = second.reasons.iter().any(|reason| reason.is_event());
            self.with_events += if is_event { seconds } else { 0 };
            for reason in second.reasons {
                *self.reasons.entry(*reason).or_default() += seconds;
            }
        }
        let counts = second.counts;
        self.planned.add(&Planned {
            arrivals: counts.arrivals,
            dropped: counts.dropped_late + counts.dropped_max_users + counts.dropped_script,
            dropped_max_users: counts.dropped_max_users,
        });
        self.steps += counts.steps.of;
        self.script_errors += counts.steps.errors;
        if let Some(load) = second.load {
            self.used += load.used;
            self.over += load.over;
            self.busiest_thread = more(self.busiest_thread, load.busiest);
        }
    }

    /// Adds another part of the same run: CPU times add up, durations do not.
    pub(crate) fn merge(&mut self, other: &Self) {
        self.judged += other.judged;
        self.overloaded += other.overloaded;
        self.faulty += other.faulty;
        self.with_events += other.with_events;
        for (reason, seconds) in &other.reasons {
            *self.reasons.entry(*reason).or_default() += seconds;
        }
        self.planned.add(&other.planned);
        self.steps += other.steps;
        self.script_errors += other.script_errors;
        self.used += other.used;
        self.over = self.over.max(other.over);
        self.busiest_thread = more(self.busiest_thread, other.busiest_thread);
        self.uncounted += other.uncounted;
        self.lost_workers += other.lost_workers;
        self.lost_arrivals += other.lost_arrivals;
    }
}

impl Planned {
    fn add(&mut self, other: &Self) {
        self.arrivals += other.arrivals;
        self.dropped += other.dropped;
        self.dropped_max_users += other.dropped_max_users;
    }
}

/// The larger of two shares; either may be unknown.
pub(crate) fn more(one: Option<f64>, other: Option<f64>) -> Option<f64> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.max(other)),
        (one, other) => one.or(other),
    }
}
