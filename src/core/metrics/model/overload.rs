//! Why what was measured in a second says as much about the generator as about the target. Pure: from the figures of one
//! second to the reasons.

use std::collections::BTreeSet;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::paced::LAG_LIMIT;
use super::totals::Totals;

/// Timers are late only where their lag exceeds this share of the median service time: 12 ms beside a service time of 5 s
/// change no figure.
pub const LAG_SHARE: f64 = 0.1;

/// A thread is saturated in a second in which it uses more of a core than this.
pub const THREAD_LIMIT: f64 = 0.85;

/// Share of the plan that has to be sent in a second, as in Nighthawk, Envoy's load generator, whose adaptive load compares
/// what was sent with what was to be sent (metric `send-rate`).
pub const SEND_RATE: f64 = 0.99;

/// Share of the steps that may raise an error in a second, and until then.
pub const SCRIPT_ERRORS: f64 = 0.01;

/// Share of the time that the machine, another program or a quota has to take to be named as the cause of late timers.
const CAUSE: f64 = 0.05;

/// Major faults of this process in a second from which it waits for its own memory.
const MAJOR_FAULTS: u64 = 20;

/// Why a second does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OverloadReason {
    /// A thread used nearly a whole core.
    ThreadCpu,
    /// Timers fired late.
    SchedulerLag,
    /// Less was sent than the plan wanted.
    SendRate,
    /// Arrivals were dropped because this machine was too late for them.
    DroppedArrivals,
    /// Requests could not be sent for lack of descriptors, ports or memory.
    NotSent,
    /// A quota of CPU time (cgroup) stopped the process, and timers were late.
    CpuQuota,
    /// Other programs had the processors, and timers were late.
    OtherProcesses,
    /// The hypervisor had the processors, and timers were late.
    Steal,
    /// Memory was swapped or read back from disk, and timers were late.
    Swapping,
    /// The time of day was changed.
    ClockJump,
    /// The machine was suspended.
    Suspended,
    /// Scripts raised errors.
    ScriptErrors,
}

impl OverloadReason {
    pub const ALL: [Self; 12] = [
        Self::ThreadCpu,
        Self::SchedulerLag,
        Self::SendRate,
        Self::DroppedArrivals,
        Self::NotSent,
        Self::CpuQuota,
        Self::OtherProcesses,
        Self::Steal,
        Self::Swapping,
        Self::ClockJump,
        Self::Suspended,
        Self::ScriptErrors,
    ];

    /// The word for it in metrics and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ThreadCpu => "thread_cpu",
            Self::SchedulerLag => "scheduler_lag",
            Self::SendRate => "send_rate",
            Self::DroppedArrivals => "dropped_arrivals",
            Self::NotSent => "not_sent",
            Self::CpuQuota => "cpu_quota",
            Self::OtherProcesses => "other_processes",
            Self::Steal => "steal",
            Self::Swapping => "swapping",
            Self::ClockJump => "clock_jump",
            Self::Suspended => "suspended",
            Self::ScriptErrors => "script_errors",
        }
    }

    /// Whether it is a matter of the machine and its load, and not of the scripts.
    pub fn is_overload(self) -> bool {
        self != Self::ScriptErrors
    }

    /// Whether it is an event that was counted and not a measured time, so that one second of it is no noise.
    pub fn is_event(self) -> bool {
        matches!(
            self,
            Self::NotSent | Self::DroppedArrivals | Self::ClockJump | Self::Suspended
        )
    }
}

/// The figures of one second by which it is judged.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Second {
    /// The 99th percentile of the timer lag, on the shard where it is largest.
    pub lag_p99: Duration,
    /// The median service time; none where nothing was answered.
    pub service_p50: Option<Duration>,
    /// Share of a core that the busiest thread used.
    pub busiest_thread: Option<f64>,
    pub counts: SecondCounts,
    /// Steps and script errors of the seconds judged so far, this one included.
    pub steps_so_far: Errors,
    pub machine: MachineSecond,
}

/// What was counted in a second.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct SecondCounts {
    /// Arrivals that were due.
    pub arrivals: u64,
    /// Of these: late.
    pub late_arrivals: u64,
    /// Of these: so late that they were dropped.
    pub dropped_late: u64,
    /// Of these: dropped at `--max-users`.
    pub dropped_max_users: u64,
    /// Of these: dropped for want of a script.
    pub dropped_script: u64,
    /// The time that users waited for their pace, as planned.
    pub paced: Duration,
    /// How much longer they waited.
    pub paced_late: Duration,
    /// Requests that this machine could not send.
    pub not_sent: u64,
    pub steps: Errors,
}

/// Steps or sessions, and the errors that they raised.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Errors {
    pub of: u64,
    pub errors: u64,
}

/// What else happened on the machine in a second. Where the system does not report a figure, there is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct MachineSecond {
    /// Share of the time in which a thread that makes the load was ready and had to wait for a processor.
    pub run_delay: Option<f64>,
    /// Share of all processors that other programs used.
    pub others: Option<f64>,
    /// Share of all processors that the hypervisor gave to other machines.
    pub steal: Option<f64>,
    /// Share of the time in which a quota held the process up.
    pub throttled: Option<f64>,
    /// Pages that the machine swapped in or out.
    pub swapped: u64,
    /// Major faults of this process: pages that it waited for.
    pub major_faults: u64,
    /// The time of day was changed.
    pub clock_jump: bool,
    /// The machine was suspended.
    pub suspended: bool,
}

impl SecondCounts {
    /// Adds what a shard counted.
    pub fn add(&mut self, totals: &Totals) {
        for of_type in totals.types.values() {
            let arrivals = &of_type.arrivals;
            self.arrivals += arrivals.total;
            self.late_arrivals += arrivals.late;
            self.dropped_late += arrivals.dropped_late;
            self.dropped_max_users += arrivals.dropped_max_users;
            self.dropped_script += arrivals.dropped_script;
            self.paced += of_type.paced.planned;
            self.paced_late += of_type.paced.late;
            let versions = of_type.versions.values();
            let steps = versions.clone().map(|version| version.steps).sum::<u64>();
            self.steps.add(Errors {
                of: steps.max(of_type.sessions.total()),
                errors: versions.map(|version| version.script_errors).sum(),
            });
        }
        self.not_sent += totals.not_sent.values().sum::<u64>();
    }

    /// Whether less than [`SEND_RATE`] of the plan was sent in time. What `--max-users` or a script kept from beginning is
    /// no matter of how fast the generator is.
    fn is_behind(&self) -> bool {
        let tolerated = 1.0 - SEND_RATE;
        let late = self.late_arrivals as f64;
        let paced = (self.paced + self.paced_late).as_secs_f64();
        late > tolerated * self.arrivals as f64 || self.paced_late.as_secs_f64() > tolerated * paced
    }
}

impl Errors {
    fn are_many(self) -> bool {
        self.errors as f64 > SCRIPT_ERRORS * self.of.max(self.errors) as f64
    }

    pub fn add(&mut self, other: Self) {
        self.of += other.of;
        self.errors += other.errors;
    }
}

impl Second {
    /// Every reason for which it does not count. What others do to this machine is a reason only where timers were late or
    /// too little was sent: a generator that keeps up on a busy machine has measured well.
    pub fn reasons(&self) -> BTreeSet<OverloadReason> {
        use OverloadReason::*;
        let service = self.service_p50.unwrap_or_default().as_secs_f64();
        let is_late = self.lag_p99 > LAG_LIMIT && self.lag_p99.as_secs_f64() > LAG_SHARE * service;
        let (counts, machine) = (&self.counts, &self.machine);
        let is_behind = counts.is_behind();
        let suffers = is_late || is_behind;
        let many = |share: Option<f64>| share.is_some_and(|share| share > CAUSE);
        let waits = machine.run_delay.is_none_or(|share| share > CAUSE);
        let swaps = machine.major_faults > 0 && machine.swapped > 0;
        let found = [
            (
                ThreadCpu,
                self.busiest_thread
                    .is_some_and(|share| share > THREAD_LIMIT),
            ),
            (SchedulerLag, is_late),
            (SendRate, is_behind),
            (DroppedArrivals, counts.dropped_late > 0),
            (NotSent, counts.not_sent > 0),
            (CpuQuota, suffers && many(machine.throttled)),
            (OtherProcesses, suffers && waits && many(machine.others)),
            (Steal, suffers && many(machine.steal)),
            (
                Swapping,
                suffers && (swaps || machine.major_faults >= MAJOR_FAULTS),
            ),
            (ClockJump, machine.clock_jump),
            (Suspended, machine.suspended),
            (
                ScriptErrors,
                counts.dropped_script > 0
                    || counts.steps.are_many() && self.steps_so_far.are_many(),
            ),
        ];
        let found = found.into_iter().filter(|(_, is_so)| *is_so);
        found.map(|(reason, _)| reason).collect()
    }
}

#[cfg(test)]
mod tests;
