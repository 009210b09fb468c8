use std::time::Duration;

/// Stands for no end.
pub const FOREVER: Duration = Duration::MAX;

/// A straight line over `[from, to)`; at `to` it would have the level `end`. One without an end is level.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Piece {
    pub from: Duration,
    pub to: Duration,
    pub start: f64,
    pub end: f64,
}

impl Piece {
    /// The same level for ever.
    pub const fn constant(level: f64) -> Self {
        Self {
            from: Duration::ZERO,
            to: FOREVER,
            start: level,
            end: level,
        }
    }

    /// Whether it is 0 all along.
    pub fn is_zero(&self) -> bool {
        self.start == 0.0 && self.end == 0.0
    }

    /// The level at a moment within it, or at its end.
    pub fn level(&self, at: Duration) -> f64 {
        if self.start == self.end || at <= self.from {
            return self.start;
        }
        if at >= self.to {
            return self.end;
        }
        let share = (at - self.from).as_secs_f64() / (self.to - self.from).as_secs_f64();
        // Between both ends also where rounding would leave them.
        let level = self.start + (self.end - self.start) * share;
        level.clamp(self.start.min(self.end), self.start.max(self.end))
    }

    /// The part of it between two moments.
    pub fn part(&self, from: Duration, to: Duration) -> Self {
        let (from, to) = (self.from.max(from), self.to.min(to));
        Self {
            from,
            to,
            start: self.level(from),
            end: self.level(to),
        }
    }

    /// The area under it between two moments within it.
    pub fn area(&self, from: Duration, until: Duration) -> f64 {
        let span = until.saturating_sub(from).as_secs_f64();
        span * (self.level(from) + self.level(until)) / 2.0
    }

    /// When the area since `from`, which is within it, reaches `area`; none when that is not before its end.
    pub fn when_area(&self, from: Duration, area: f64) -> Option<Duration> {
        if area <= 0.0 {
            return Some(from);
        }
        let level = self.level(from);
        let slope = if self.start == self.end {
            0.0
        } else {
            (self.end - self.start) / (self.to - self.from).as_secs_f64()
        };
        // The root of slope / 2 x^2 + level x = area in the form that subtracts no two like numbers.
        let root = (level * level + 2.0 * slope * area).max(0.0).sqrt();
        let seconds = 2.0 * area / (level + root);
        let at = from.checked_add(Duration::try_from_secs_f64(seconds).ok()?)?;
        (at < self.to).then_some(at)
    }
}

/// So many nanoseconds.
pub fn nanos(nanos: u128) -> Duration {
    const SECOND: u128 = 1_000_000_000;
    let rest = (nanos % SECOND) as u32;
    Duration::new(u64::try_from(nanos / SECOND).unwrap_or(u64::MAX), rest)
}
