use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::piece::{FOREVER, Piece};

/// A straight line to a level; over no time at all it is a jump.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stage {
    pub over: Duration,
    pub target: f64,
}

/// Stages one after the other.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// The level that holds before the first knot.
    before: f64,
    /// When the first stage begins.
    from: Duration,
    /// Where each stage ends. A jump has its place alone.
    knots: Vec<Knot>,
    /// Whether the last target is the end.
    ends: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Knot {
    /// When the stage is over.
    at: Duration,
    /// The level at its beginning.
    start: f64,
    /// The level at its end.
    end: f64,
}

impl Line {
    pub fn constant(level: f64) -> Self {
        Self {
            before: valid(level),
            from: Duration::ZERO,
            knots: Vec::new(),
            ends: false,
        }
    }

    pub fn of_stages(from: Duration, level: f64, stages: &[Stage]) -> Self {
        let (mut at, mut start) = (from, valid(level));
        let mut knots = Vec::new();
        for stage in stages {
            let end = valid(stage.target);
            at = at.saturating_add(stage.over);
            knots.push(Knot { at, start, end });
            start = end;
        }
        Self {
            before: valid(level),
            from,
            knots,
            ends: !stages.is_empty(),
        }
    }

    /// The last target is not the end.
    pub fn hold(&mut self) {
        self.ends = false;
    }

    pub fn end(&self) -> Option<Duration> {
        self.ends
            .then(|| self.knots.last().map_or(self.from, |knot| knot.at))
    }

    pub fn greatest(&self) -> f64 {
        let levels = self.knots.iter().map(|knot| knot.end);
        levels.fold(self.before, f64::max)
    }

    pub fn piece(&self, at: Duration) -> Piece {
        let next = self.knots.partition_point(|knot| knot.at <= at);
        let began = |index: usize| match index {
            0 => self.from,
            index => self.knots[index - 1].at,
        };
        match self.knots.get(next) {
            // The level before the first stage.
            _ if at < self.from => Piece {
                from: Duration::ZERO,
                to: self.from,
                start: self.before,
                end: self.before,
            },
            Some(knot) => Piece {
                from: began(next),
                to: knot.at,
                start: knot.start,
                end: knot.end,
            },
            None => {
                let level = self.knots.last().map_or(self.before, |knot| knot.end);
                Piece {
                    from: began(next),
                    to: FOREVER,
                    start: level,
                    end: level,
                }
            }
        }
    }
}

/// A level is no less than 0, and a number.
fn valid(level: f64) -> f64 {
    if level.is_finite() {
        level.max(0.0)
    } else {
        0.0
    }
}
