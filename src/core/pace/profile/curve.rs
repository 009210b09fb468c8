use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::piece::{FOREVER, Piece, nanos};

/// Factors over a day or a week that come again and again, with straight lines between them.
///
/// The time of the curve is that of the run and an offset. The offset may change: a clock that is put forward by an hour
/// leaves out an hour of the curve, one that is put back repeats it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Curve {
    period: Duration,
    /// By their times within the period, each later than the one before it.
    points: Vec<(Duration, f64)>,
    /// From when on in the run, and which offset; the first holds from the beginning.
    offsets: Vec<(Duration, Duration)>,
}

impl Curve {
    /// A curve of such a length, with the factors at these times within it, which is at `offset` when the run begins. Points
    /// that are out of order, not within the period or not a positive number or 0 are left out; without any the factor is 1.
    pub fn new(period: Duration, points: &[(Duration, f64)], offset: Duration) -> Self {
        let mut kept: Vec<(Duration, f64)> = Vec::new();
        for (at, factor) in points {
            let is_next = kept.last().is_none_or(|(last, _)| last < at);
            if is_next && *at < period && factor.is_finite() && *factor >= 0.0 {
                kept.push((*at, *factor));
            }
        }
        Self {
            period,
            points: kept,
            offsets: vec![(Duration::ZERO, offset)],
        }
    }

    /// The same with another offset from a moment of the run on; a moment before the last change replaces what came after it.
    #[must_use]
    pub fn offset_from(mut self, at: Duration, offset: Duration) -> Self {
        self.offsets.retain(|(from, _)| *from < at);
        self.offsets.push((at, offset));
        self
    }

    /// The greatest factor.
    pub fn greatest(&self) -> f64 {
        let factors = self.points.iter().map(|(_, factor)| *factor);
        factors.reduce(f64::max).unwrap_or(1.0)
    }

    pub(super) fn piece(&self, at: Duration) -> Piece {
        let (Some(first), Some(last)) = (self.points.first(), self.points.last()) else {
            return Piece::constant(1.0);
        };
        let next = self.offsets.partition_point(|(from, _)| *from <= at);
        let (since, offset) = self.offsets[next.saturating_sub(1)];
        let until = self.offsets.get(next).map_or(FOREVER, |(from, _)| *from);
        let period = self.period.as_nanos();
        let place = nanos((at.as_nanos() + offset.as_nanos()) % period.max(1));
        let after = self.points.partition_point(|(point, _)| *point <= place);
        // How far the points before and after it are from it.
        let (back, start) = match after {
            0 => (place + (self.period - last.0), last.1),
            after => (place - self.points[after - 1].0, self.points[after - 1].1),
        };
        let (ahead, end) = match self.points.get(after) {
            Some((point, factor)) => (*point - place, *factor),
            None => (self.period - place + first.0, first.1),
        };
        let to = at.saturating_add(ahead);
        let piece = match at.checked_sub(back) {
            Some(from) => Piece {
                from,
                to,
                start,
                end,
            },
            // It began before the run.
            None => {
                let share = (back - at).as_secs_f64() / (back + ahead).as_secs_f64();
                Piece {
                    from: Duration::ZERO,
                    to,
                    start: start + (end - start) * share,
                    end,
                }
            }
        };
        piece.part(since, until)
    }
}
