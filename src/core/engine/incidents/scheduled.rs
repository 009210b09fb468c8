//! When an incident begins by itself.

use std::time::Duration;

use super::day::Day;
use crate::plan::{Incident, Starts};
use crate::random::Stream;

/// One incident of the plan.
pub struct Scheduled {
    pub incident: Incident,
    /// When it begins next by itself.
    pub next: Option<Duration>,
    random: Stream,
}

impl Scheduled {
    /// At the beginning of a run.
    pub fn new(incident: Incident, random: Stream, day: &Day) -> Self {
        let mut scheduled = Self {
            incident,
            next: None,
            random,
        };
        scheduled.next = scheduled.first(day);
        scheduled
    }

    /// When it begins first by itself.
    fn first(&mut self, day: &Day) -> Option<Duration> {
        match self.incident.starts {
            Starts::OnCommand => None,
            Starts::At(at) => Some(at),
            Starts::Daily(time) => Some(day.next(time, Duration::ZERO)),
            Starts::Random { every } => Some(self.gap(every)),
        }
    }

    /// When it begins after it began at `start`; what lies before `now` is left out.
    pub fn after(&mut self, start: Duration, now: Duration, day: &Day) -> Option<Duration> {
        match self.incident.starts {
            Starts::OnCommand | Starts::At(_) => None,
            // An hour that a day has twice has it once.
            Starts::Daily(time) => {
                let from = (start + day.length() / 2).max(now + Duration::from_nanos(1));
                Some(day.next(time, from))
            }
            Starts::Random { every } => {
                let mut next = start;
                while next <= now {
                    next += self.incident.lasts + self.gap(every);
                }
                Some(next)
            }
        }
    }

    /// The time from an end to the next start: exponential, so that starts come once in `every` on average.
    fn gap(&mut self, every: Duration) -> Duration {
        let mean = every.saturating_sub(self.incident.lasts).as_secs_f64();
        // float() is below 1, so the logarithm is finite.
        let seconds = -mean * (1.0 - self.random.float()).ln();
        Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX / 4)
    }
}
