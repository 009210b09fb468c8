//! The time of day in a run.

use std::time::Duration;

use crate::plan::span::DAY;

/// How the run's age is mapped to the time of day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Day {
    /// How long a day is in the run.
    length: Duration,
    /// From which age of the run on it is how much behind the time of day, or of a week of such days.
    offsets: Vec<(Duration, Duration)>,
}

impl Day {
    /// How long a day is in the run.
    pub(super) fn length(&self) -> Duration {
        self.length
    }

    /// A day of this length; from each age of the run on it is so much behind the time of day, or of a week of such days.
    pub fn new(length: Duration, offsets: Vec<(Duration, Duration)>) -> Self {
        Self {
            length: length.max(Duration::from_millis(1)),
            offsets,
        }
    }

    /// A day by the clock on the wall, for a run that began at this time of day.
    pub fn real(began_at: Duration) -> Self {
        Self::new(DAY, vec![(Duration::ZERO, began_at)])
    }

    /// The time of day at this age of the run, of a day of 24 hours.
    pub fn time_at(&self, age: Duration) -> Duration {
        let next = self.offsets.partition_point(|(from, _)| *from <= age);
        let offset = self.offsets.get(next.saturating_sub(1));
        let offset = offset.map_or(Duration::ZERO, |(_, offset)| *offset);
        let place = age.saturating_add(offset).as_nanos() % self.length.as_nanos();
        DAY.mul_f64(place as f64 / self.length.as_nanos() as f64)
    }

    /// The first age of the run, from `from` on, at which it is this time of day. Where the clock is put forward over it,
    /// the age at which that happens.
    pub(super) fn next(&self, time: Duration, from: Duration) -> Duration {
        let time = self.length.mul_f64(time.as_secs_f64() / DAY.as_secs_f64());
        let ends = self.offsets.iter().skip(1).map(|(at, _)| *at);
        let ends = ends.chain([Duration::MAX]);
        let mut before = None;
        for ((start, offset), end) in self.offsets.iter().zip(ends) {
            if let Some(before) = before.replace(*offset) {
                let jump = self.until(*offset, before);
                let is_forward = jump < self.length / 2;
                if is_forward && *start >= from && self.until(time, *start + before) < jump {
                    return *start;
                }
            }
            let first = from.max(*start);
            let next = first.saturating_add(self.until(time, first.saturating_add(*offset)));
            if next < end {
                return next;
            }
        }
        Duration::MAX
    }

    /// How long it is from a time of the day, or of a week, until this time of day.
    fn until(&self, time: Duration, now: Duration) -> Duration {
        let length = self.length.as_nanos();
        let ahead = (time.as_nanos() + length - now.as_nanos() % length) % length;
        Duration::from_nanos(u64::try_from(ahead).unwrap_or(u64::MAX))
    }
}
