//! The clock of this machine, which workers compare with the coordinator's.

/// The time of day, in nanoseconds since 1970.
pub fn time_of_day() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| {
        u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
    })
}
