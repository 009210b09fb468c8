//! Areas under a profile, and when it reaches a level or an area.

use std::time::Duration;

use super::Profile;
use super::piece::FOREVER;

/// How far ahead an area is looked for: a level that is not 0 for ever reaches any that matters within a leap year.
const FARTHEST: Duration = Duration::from_secs(366 * 24 * 3_600);

impl Profile {
    /// The area between two moments: of arrivals a second, the number that is expected.
    pub fn area(&self, from: Duration, until: Duration) -> f64 {
        let (mut at, mut area) = (from, 0.0);
        while at < until {
            let piece = self.piece(at);
            let end = piece.to.min(until);
            area += piece.area(at, end);
            at = end;
        }
        area
    }

    /// The moment at which the area since `from` is `area`, to the nanosecond; none where that takes more than a year.
    pub fn when_area(&self, from: Duration, area: f64) -> Option<Duration> {
        let (mut at, mut left) = (from, area);
        loop {
            let piece = self.piece(at);
            if let Some(when) = piece.when_area(at, left) {
                return Some(when);
            }
            if piece.to == FOREVER || piece.to - from > FARTHEST {
                return None;
            }
            left -= piece.area(at, piece.to);
            at = piece.to;
        }
    }

    /// The greatest level from `from` on, and until `until`.
    pub fn greatest_between(&self, from: Duration, until: Duration) -> f64 {
        let (mut at, mut greatest) = (from, 0.0f64);
        while at < until {
            let piece = self.piece(at);
            let end = piece.to.min(until);
            greatest = greatest.max(piece.level(at)).max(piece.level(end));
            at = end;
        }
        greatest
    }

    /// The first moment from `from` on, and before `until`, at which the level is at least this one.
    pub fn first_at_least(&self, level: f64, from: Duration, until: Duration) -> Option<Duration> {
        self.first(from, until, level, |now| now >= level)
    }

    /// The first moment from `from` on, and before `until`, at which the level is below this one.
    pub fn first_below(&self, level: f64, from: Duration, until: Duration) -> Option<Duration> {
        self.first(from, until, level, |now| now < level)
    }

    /// The first moment whose level is within a bound: it is so on one side of `bound`.
    fn first(
        &self,
        from: Duration,
        until: Duration,
        bound: f64,
        holds: impl Fn(f64) -> bool,
    ) -> Option<Duration> {
        let mut at = from;
        while at < until {
            let piece = self.piece(at);
            if holds(piece.level(at)) {
                return Some(at);
            }
            if holds(piece.end) && piece.start != piece.end {
                let share = (bound - piece.start) / (piece.end - piece.start);
                let seconds = (piece.to - piece.from).as_secs_f64() * share;
                let crossing = Duration::try_from_secs_f64(seconds).unwrap_or_default();
                let mut when = piece.from.saturating_add(crossing).max(at);
                // Rounding leaves it a few nanoseconds to either side.
                let mut step = Duration::from_nanos(1);
                while when < piece.to && !holds(piece.level(when)) {
                    when = when.saturating_add(step);
                    step *= 2;
                }
                if when < piece.to {
                    return (when < until).then_some(when);
                }
            }
            at = piece.to;
        }
        None
    }
}
