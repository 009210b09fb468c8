//! Whether the machine's clocks went on as one: the time of day is set, or the machine is suspended.

use std::time::{Duration, SystemTime};

use rustix::time::{ClockId, clock_gettime};

/// A change of the time of day that no slewing makes: at 500 ppm (RFC 5905) a second is off by half a millisecond.
const JUMP: Duration = Duration::from_millis(100);

/// The clocks at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reading {
    /// Stands still while the machine is suspended.
    pub monotonic: Duration,
    /// Goes on.
    pub boot: Duration,
    /// The time of day, since 1970.
    pub real: Duration,
    /// How long reading them took: they are not of one moment.
    pub within: Duration,
}

impl Reading {
    pub fn now() -> Self {
        let before = time(ClockId::Monotonic);
        let boot = time(ClockId::Boottime);
        let real = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        let monotonic = time(ClockId::Monotonic);
        Self {
            monotonic,
            boot,
            real: real.unwrap_or_default(),
            within: monotonic.saturating_sub(before),
        }
    }

    /// Whether the time of day was set, and whether the machine was suspended, since an earlier reading.
    pub fn since(&self, before: &Self) -> (bool, bool) {
        let monotonic = self.monotonic.saturating_sub(before.monotonic);
        let boot = self.boot.saturating_sub(before.boot);
        let limit = JUMP + self.within + before.within;
        // The time of day goes on while the machine is suspended; it may also have been set back.
        let expected = before.real + boot.max(monotonic);
        let is_set = self.real.abs_diff(expected) > limit;
        (is_set, boot.saturating_sub(monotonic) > limit)
    }
}

fn time(clock: ClockId) -> Duration {
    let time = clock_gettime(clock);
    // Neither is negative: both count from the start of the machine.
    let seconds = u64::try_from(time.tv_sec).unwrap_or_default();
    Duration::new(seconds, u32::try_from(time.tv_nsec).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: fn(u64) -> Duration = Duration::from_millis;

    fn reading(monotonic: u64, boot: u64, real: u64, within: u64) -> Reading {
        Reading {
            monotonic: MS(monotonic),
            boot: MS(boot),
            real: MS(real),
            within: MS(within),
        }
    }

    #[test]
    fn a_time_of_day_that_is_set_and_a_suspended_machine_are_told_apart() {
        let before = reading(10_000, 20_000, 1_000_000, 0);
        for (name, after, expected) in [
            ("a second", (11_000, 21_000, 1_001_000, 0), (false, false)),
            ("slewed", (11_000, 21_000, 1_001_090, 0), (false, false)),
            ("set forward", (11_000, 21_000, 1_002_000, 0), (true, false)),
            ("set back", (11_000, 21_000, 990_000, 0), (true, false)),
            ("suspended", (11_000, 81_000, 1_061_000, 0), (false, true)),
            (
                "suspended and set",
                (11_000, 81_000, 1_001_000, 0),
                (true, true),
            ),
            (
                "a slow reading",
                (11_000, 21_000, 1_001_300, 250),
                (false, false),
            ),
        ] {
            let (monotonic, boot, real, within) = after;
            let after = reading(monotonic, boot, real, within);
            assert_eq!(after.since(&before), expected, "{name}");
        }
    }

    #[test]
    fn the_clocks_of_this_machine_go_on_as_one() {
        let before = Reading::now();
        let after = Reading::now();
        assert!(after.monotonic >= before.monotonic && after.boot >= before.boot);
        assert_eq!(after.since(&before), (false, false), "{before:?} {after:?}");
    }
}
