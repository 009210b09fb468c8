//! How much of a processor this process uses.

use std::time::Duration;

/// Ticks a second in which the kernel reports processor time; 100 on every Linux platform.
const TICKS_PER_SECOND: u64 = 100;

/// Processor time that this process used so far, user and system; nothing where `/proc` is not.
pub(super) fn time_used() -> Option<Duration> {
    ticks(&std::fs::read_to_string("/proc/self/stat").ok()?)
        .map(|ticks| Duration::from_millis(ticks * 1000 / TICKS_PER_SECOND))
}

/// Fields 14 and 15 of proc(5)'s `stat`. The second field, the program's name in parentheses,
/// may hold spaces, so that fields are told apart after its end only.
fn ticks(stat: &str) -> Option<u64> {
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_ascii_whitespace().skip(11);
    let user: u64 = fields.next()?.parse().ok()?;
    let system: u64 = fields.next()?.parse().ok()?;
    Some(user + system)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_name_of_the_program_may_hold_spaces_and_parentheses() {
        let stat = "7 (a) b) S 1 7 7 0 -1 4194304 90 0 0 0 1200 34 0 0 20 0 1 0 5 1 1 1";
        assert_eq!(super::ticks(stat), Some(1234));
    }
}
