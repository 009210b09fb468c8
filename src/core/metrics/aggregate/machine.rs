//! Everything that the machine says of an interval: what the generator used, and what else went on.

use std::time::Instant;

use super::{clocks, cpu, system};
use crate::metrics::model::generator::Load;
use crate::metrics::model::machine_report::MachineReport;
use crate::metrics::model::overload::MachineSecond;

/// Looks at the machine from interval to interval.
pub struct MachineMeter {
    cpu: cpu::Meter,
    places: system::Places,
    system: system::Reading,
    clocks: clocks::Reading,
}

impl MachineMeter {
    /// A meter whose first report begins now.
    pub fn new() -> Self {
        let places = system::Places::find();
        Self {
            cpu: cpu::Meter::new(Instant::now()),
            system: places.read(),
            places,
            clocks: clocks::Reading::now(),
        }
    }

    /// What happened since the last call; none of what the processors did, if that was too recent.
    pub fn look(&mut self) -> MachineReport {
        let clocks = clocks::Reading::now();
        let (clock_jump, suspended) = clocks.since(&self.clocks);
        self.clocks = clocks;
        let clocks = MachineSecond {
            clock_jump,
            suspended,
            ..MachineSecond::default()
        };
        let Some(load) = self.cpu.load(Instant::now()) else {
            return MachineReport {
                load: None,
                second: clocks,
            };
        };
        let system = self.places.read();
        let second = MachineSecond {
            clock_jump,
            suspended,
            ..second(&self.system, &system, &load)
        };
        self.system = system;
        MachineReport {
            load: Some(load),
            second,
        }
    }
}

impl Default for MachineMeter {
    fn default() -> Self {
        Self::new()
    }
}

/// Of two readings of the system and what this process used between them.
fn second(before: &system::Reading, after: &system::Reading, load: &Load) -> MachineSecond {
    let over = load.over.as_secs_f64();
    let processors = before.processors.zip(after.processors);
    let processors = processors.map(|(before, after)| {
        let all = after.all.saturating_sub(before.all).as_secs_f64();
        let busy = after.busy.saturating_sub(before.busy);
        let others = busy.saturating_sub(load.process).as_secs_f64();
        let steal = after.steal.saturating_sub(before.steal).as_secs_f64();
        (others / all, steal / all)
    });
    // Two readings within one tick of the kernel say nothing.
    let processors = processors.filter(|(others, steal)| others.is_finite() && steal.is_finite());
    let swapped = before.swapped.zip(after.swapped);
    let throttled = before.throttled.zip(after.throttled);
    MachineSecond {
        run_delay: load.run_delay,
        others: processors.map(|(others, _)| others),
        steal: processors.map(|(_, steal)| steal),
        throttled: throttled
            .map(|(before, after)| after.saturating_sub(before).as_secs_f64() / over),
        swapped: swapped.map_or(0, |(before, after)| after.saturating_sub(before)),
        major_faults: load.major_faults,
        ..MachineSecond::default()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::system::{Processors, Reading};
    use super::*;

    const MS: fn(u64) -> Duration = Duration::from_millis;

    fn reading(all: u64, busy: u64, steal: u64, swapped: u64, throttled: u64) -> Reading {
        Reading {
            processors: Some(Processors {
                all: MS(all),
                busy: MS(busy),
                steal: MS(steal),
            }),
            swapped: Some(swapped),
            throttled: Some(MS(throttled)),
        }
    }

    #[test]
    fn what_others_used_is_what_is_busy_without_this_process_and_its_target() {
        let load = Load {
            over: MS(1_000),
            used: MS(300),
            process: MS(500),
            busiest: Some(0.3),
            run_delay: Some(0.25),
            major_faults: 3,
        };
        let before = reading(10_000, 5_000, 100, 7, 50);
        let after = reading(12_000, 6_500, 300, 9, 250);
        assert_eq!(
            second(&before, &after, &load),
            MachineSecond {
                run_delay: Some(0.25),
                others: Some(0.5),
                steal: Some(0.1),
                throttled: Some(0.2),
                swapped: 2,
                major_faults: 3,
                ..MachineSecond::default()
            }
        );
        let nothing = second(&Reading::default(), &Reading::default(), &load);
        assert_eq!(
            (nothing.others, nothing.steal, nothing.throttled),
            (None, None, None)
        );
        let same = second(&before, &before, &load);
        assert_eq!((same.others, same.steal), (None, None));
    }

    #[test]
    fn this_machine_is_looked_at() {
        let mut machine = MachineMeter::new();
        let MachineReport { load, second } = machine.look();
        assert_eq!(load, None, "too recent");
        assert!(!second.clock_jump && !second.suspended);
    }
}
