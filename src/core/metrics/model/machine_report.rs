//! What a machine that makes load says of itself.

use serde::{Deserialize, Serialize};

use super::generator::{Load, more};
use super::overload::MachineSecond;

/// What the generator used of a machine since the report before, and what else went on there.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MachineReport {
    /// None where the last look was too recent, or the system does not report it.
    pub(crate) load: Option<Load>,
    pub(crate) second: MachineSecond,
}

impl MachineReport {
    /// Processors in use: 1 is one whole core.
    pub fn cores(&self) -> Option<f64> {
        self.load.map(|load| load.cores())
    }

    /// Share of a core that the busiest of its threads used.
    pub fn busiest_thread(&self) -> Option<f64> {
        self.load.and_then(|load| load.busiest)
    }

    /// Adds the next report of the same machine: CPU times add up, of shares the largest counts.
    pub(crate) fn add(&mut self, next: Self) {
        self.load = match (self.load, next.load) {
            (Some(one), Some(other)) => Some(Load {
                over: one.over + other.over,
                ..one.beside(&other)
            }),
            (one, other) => one.or(other),
        };
        let (one, other) = (&mut self.second, next.second);
        one.run_delay = more(one.run_delay, other.run_delay);
        one.others = more(one.others, other.others);
        one.steal = more(one.steal, other.steal);
        one.throttled = more(one.throttled, other.throttled);
        one.swapped += other.swapped;
        one.major_faults += other.major_faults;
        one.clock_jump |= other.clock_jump;
        one.suspended |= other.suspended;
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const MS: fn(u64) -> Duration = Duration::from_millis;

    fn report(over: u64, used: u64, busiest: f64) -> MachineReport {
        MachineReport {
            load: Some(Load {
                over: MS(over),
                used: MS(used),
                busiest: Some(busiest),
                run_delay: None,
                major_faults: 1,
                process: MS(used),
            }),
            second: MachineSecond {
                steal: Some(busiest / 2.0),
                clock_jump: busiest > 0.5,
                ..MachineSecond::default()
            },
        }
    }

    #[test]
    fn two_reports_of_a_machine_are_one_over_the_time_of_both() {
        let mut all = MachineReport::default();
        assert_eq!((all.cores(), all.busiest_thread()), (None, None));
        all.add(report(1_000, 500, 0.9));
        all.add(report(3_000, 500, 0.2));
        assert_eq!((all.cores(), all.busiest_thread()), (Some(0.25), Some(0.9)));
        assert_eq!(all.second.steal, Some(0.45));
        assert!(all.second.clock_jump);
    }
}
