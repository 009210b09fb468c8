//! Judges each interval: whether the generator kept up in it, and why not.

use std::collections::BTreeMap;
use std::time::Duration;

use super::machine::MachineMeter;
use crate::metrics::model::generator::Judged;
use crate::metrics::model::overload::{Errors, Second, SecondCounts};
use crate::metrics::{Batch, Histogram, MachineReport, Measured, Phase, Snapshot};

/// The shortest interval that is judged.
const LEAST_JUDGED: Duration = Duration::from_millis(500);

/// The usual length of an interval, and the shortest that shows that this thread was held up.
const SECOND: Duration = Duration::from_secs(1);
const HELD_UP: Duration = Duration::from_secs(2);

/// What is known of the interval that is under way, and what the verdict leaves out.
pub(crate) struct Judge {
    /// Timer lag by shard, so that one late shard is not averaged away.
    lags: BTreeMap<usize, Histogram>,
    /// What was counted.
    counts: SecondCounts,
    machine: Option<MachineMeter>,
    /// What machines of workers reported since it was judged last, by one of the shards of each.
    elsewhere: BTreeMap<usize, MachineReport>,
    /// From this age of the run on the verdict counts: the end of the ramp.
    from: Duration,
}

impl Judge {
    pub fn new() -> Self {
        Self {
            lags: BTreeMap::new(),
            counts: SecondCounts::default(),
            machine: Some(MachineMeter::new()),
            elsewhere: BTreeMap::new(),
            from: Duration::ZERO,
        }
    }

    /// Leaves out what is before this age of the run.
    pub fn set_from(&mut self, from: Duration) {
        self.from = from;
    }

    /// Looks at the machine no more.
    pub fn ignore_machine(&mut self) {
        self.machine = None;
    }

    /// Looks at what a shard counted.
    pub fn absorb(&mut self, shard: usize, batch: &Batch) {
        self.counts.add(&batch.totals);
        let lags = self.lags.entry(shard).or_insert_with(Histogram::coarse);
        lags.add(&batch.totals.lag);
    }

    /// Looks at what the machine of a worker reports, which has this shard.
    pub fn absorb_machine(&mut self, shard: usize, report: MachineReport) {
        self.elsewhere.entry(shard).or_default().add(report);
    }

    /// Judges whether the generator kept up in the interval, by which the run became older by `since`. Less than half a
    /// second is too short, and judged with the next; one that was longer, because the process was stopped, counts as
    /// so many seconds. The verdict is about those after the ramp and the warm-up, until the run ends.
    pub fn judge(&mut self, state: &mut Snapshot, since: Duration) {
        let lags = self.lags.values();
        let lag_p99 = lags.map(|lags| lags.quantile(0.99)).max();
        let own = self.machine.as_mut().map(MachineMeter::look);
        let mut machines = vec![own.unwrap_or_default()];
        machines.extend(std::mem::take(&mut self.elsewhere).into_values());
        let loads = machines.iter().filter_map(|machine| machine.load);
        let load = loads.reduce(|one, other| one.beside(&other));
        let counts = self.counts;
        if since.is_zero() || since >= LEAST_JUDGED {
            self.lags.clear();
            self.counts = SecondCounts::default();
        }
        let interval = &mut state.interval;
        interval.lag_p99 = Duration::from_micros(lag_p99.unwrap_or_default());
        // Where the whole process was stopped, this thread may count before the shards say how late they were: it was as late.
        if since >= HELD_UP {
            let late = since.saturating_sub(SECOND);
            interval.lag = interval.lag.max(late);
            interval.lag_p99 = interval.lag_p99.max(late);
        }
        if let Some(load) = load {
            state.cpu_ratio = Some(load.cores());
            interval.busiest_thread = load.busiest;
        }
        let is_ending = matches!(state.phase, Phase::Stopping | Phase::Cleaning | Phase::Done);
        if since < LEAST_JUDGED || !interval.is_whole() || is_ending {
            return;
        }
        let service = interval.service();
        let mut steps_so_far = Errors {
            of: state.generator.steps,
            errors: state.generator.script_errors,
        };
        steps_so_far.add(counts.steps);
        // Each machine has reasons of its own: that one waits for a processor says nothing of another that is busy.
        let second = |machine: &MachineReport| Second {
            lag_p99: interval.lag_p99,
            service_p50: (!service.is_empty())
                .then(|| Duration::from_micros(service.quantile(0.5))),
            busiest_thread: machine.busiest_thread(),
            counts,
            steps_so_far,
            machine: machine.second,
        };
        let reasons = machines
            .iter()
            .flat_map(|machine| second(machine).reasons());
        interval.reasons = reasons.collect();
        let began = state.elapsed.saturating_sub(since);
        let is_warming_up = |measured: &Measured| measured.since.is_none();
        if began >= self.from && !state.measured.as_ref().is_some_and(is_warming_up) {
            state.generator.judge(&Judged {
                seconds: whole_seconds(since).max(1),
                late_seconds: whole_seconds(interval.lag),
                reasons: &interval.reasons,
                counts: &counts,
                load,
            });
        }
    }
}

fn whole_seconds(time: Duration) -> u64 {
    time.as_secs_f64().round() as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::model::generator::Load;
    use crate::metrics::model::overload::MachineSecond;
    use crate::metrics::{Aggregator, OverloadReason, RunInfo};

    fn report(used: u64, busiest: f64, steal: f64) -> MachineReport {
        MachineReport {
            load: Some(Load {
                over: SECOND,
                used: Duration::from_millis(used),
                busiest: Some(busiest),
                run_delay: None,
                major_faults: 0,
                process: Duration::from_millis(used),
            }),
            second: MachineSecond {
                steal: Some(steal),
                ..MachineSecond::default()
            },
        }
    }

    /// A coordinator that does nothing says nothing of workers that are busy.
    #[test]
    fn a_thread_of_one_worker_makes_the_second_overloaded_and_cpu_adds_up() {
        let mut all = Aggregator::new(RunInfo::default()).without_cpu();
        all.phase(Phase::Running);
        all.machine(0, report(1_500, 0.4, 0.0));
        all.machine(4, report(250, 0.2, 0.3));
        let calm = all.tick(SECOND);
        assert_eq!(calm.cpu_ratio, Some(1.75));
        assert!(
            calm.interval.reasons.is_empty(),
            "steal without late timers is no reason"
        );
        all.machine(0, report(500, 0.4, 0.0));
        all.machine(4, report(500, 0.95, 0.0));
        let busy = all.tick(2 * SECOND);
        assert_eq!(busy.interval.busiest_thread, Some(0.95));
        assert!(busy.interval.reasons.contains(&OverloadReason::ThreadCpu));
        assert_eq!(busy.generator.busiest_thread, Some(0.95));
        let silent = all.tick(3 * SECOND);
        assert!(
            silent.interval.reasons.is_empty(),
            "what was reported is of one second"
        );
    }
}
