//! The clocks of this machine: the time of day, which workers compare with the coordinator's, and one that only goes on.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// The time of day, in nanoseconds since 1970.
pub fn time_of_day() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| {
        u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
    })
}

/// The time since the machine was started, in which it was suspended included: a process that was stopped, or whose machine
/// slept, finds out how long it was away.
pub fn boot_time() -> Duration {
    let time = clock_gettime(ClockId::Boottime);
    let seconds = u64::try_from(time.tv_sec).unwrap_or_default();
    Duration::new(seconds, u32::try_from(time.tv_nsec).unwrap_or_default())
}
