//! How much of a processor this process uses.

use std::time::{Duration, Instant};

/// Ticks a second in which the kernel reports processor time; 100 on every Linux platform.
const TICKS_PER_SECOND: u64 = 100;

/// Within less, the kernel's ticks are too coarse to tell a share.
const LEAST_SPAN: Duration = Duration::from_millis(200);

/// What was used up to a moment. By the clock on the wall: the run's own stands while it is paused, and the
/// process goes on.
pub(super) struct Meter {
    at: Instant,
    used: Option<Duration>,
}

impl Meter {
    pub fn new(at: Instant) -> Self {
        Self {
            at,
            used: time_used(),
        }
    }

    /// Processors in use since the last answer; none if that was just now, or nothing tells.
    pub fn ratio(&mut self, now: Instant) -> Option<f64> {
        self.since(now, time_used())
    }

    fn since(&mut self, now: Instant, used: Option<Duration>) -> Option<f64> {
        let span = now.saturating_duration_since(self.at);
        if span < LEAST_SPAN {
            return None;
        }
        let ratio = used?.saturating_sub(self.used?).as_secs_f64() / span.as_secs_f64();
        (self.at, self.used) = (now, used);
        Some(ratio)
    }
}

/// Processor time that this process used so far, user and system; nothing where `/proc` is not.
fn time_used() -> Option<Duration> {
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
    use std::time::{Duration, Instant};

    use super::Meter;

    #[test]
    fn a_span_too_short_to_tell_belongs_to_the_next() {
        let (at, ms) = (Instant::now(), Duration::from_millis);
        let mut meter = Meter {
            at,
            used: Some(ms(500)),
        };
        assert_eq!(meter.since(at + ms(10), Some(ms(600))), None);
        assert_eq!(meter.since(at + ms(1000), Some(ms(1000))), Some(0.5));
        assert_eq!(meter.since(at + ms(1500), Some(ms(1500))), Some(1.0));
    }

    #[test]
    fn the_name_of_the_program_may_hold_spaces_and_parentheses() {
        let stat = "7 (a) b) S 1 7 7 0 -1 4194304 90 0 0 0 1200 34 0 0 20 0 1 0 5 1 1 1";
        assert_eq!(super::ticks(stat), Some(1234));
    }
}
