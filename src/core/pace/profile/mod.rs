//! A level over the run's time: users, or arrivals a second.
//!
//! In: stages, spikes, a curve and noise. Out: the level at a moment, the area under it, and when either reaches a value.
//! It must never know the time of day, what the level is of, or who follows it.

mod curve;
mod line;
mod noise;
mod piece;
mod search;
mod spike;

use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use curve::Curve;
use line::Line;
pub use line::Stage;
pub use noise::Noise;
use piece::{FOREVER, Piece};
pub use spike::Spike;
use spike::Spikes;

/// A level over the time since the run began, in straight lines: those of its stages, times its spikes, its curve and its
/// noise. Never negative; it may jump, and a moment at which it jumps has the level after it.
///
/// A product of two straight lines is none: it is drawn by [`PRODUCT_PARTS`] chords.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    /// Each holds until the next one begins; the first begins at 0.
    eras: Vec<Era>,
}

/// Chords that stand for a product of straight lines between two of their ends; with noise, whose lines are short, a
/// quarter of them.
const PRODUCT_PARTS: u32 = 16;

/// What holds from one moment on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Era {
    from: Duration,
    line: Line,
    spikes: Spikes,
    curve: Option<Curve>,
    noise: Option<Noise>,
    scale: f64,
}

impl Profile {
    /// The same level for ever.
    pub fn constant(level: f64) -> Self {
        Self::of(Line::constant(level))
    }

    /// Stages one after the other, from level 0 at the beginning of the run; the last target holds for ever.
    pub fn of_stages(stages: &[Stage]) -> Self {
        Self::of(Line::of_stages(Duration::ZERO, 0.0, stages))
    }

    /// The same from `at` on, and from this level, which also holds before.
    pub fn of_stages_from(at: Duration, level: f64, stages: &[Stage]) -> Self {
        Self::of(Line::of_stages(at, level, stages))
    }

    fn of(line: Line) -> Self {
        Self {
            eras: vec![Era {
                from: Duration::ZERO,
                line,
                spikes: Spikes::default(),
                curve: None,
                noise: None,
                scale: 1.0,
            }],
        }
    }

    /// The same with spikes; where they overlap, their factors multiply.
    #[must_use]
    pub fn with_spikes(self, spikes: &[Spike]) -> Self {
        self.with(|era| era.spikes = Spikes::new(spikes))
    }

    /// The same, multiplied by a curve.
    #[must_use]
    pub fn with_curve(self, curve: Curve) -> Self {
        self.with(|era| era.curve = Some(curve.clone()))
    }

    /// The same, multiplied by noise.
    #[must_use]
    pub fn with_noise(self, noise: Noise) -> Self {
        self.with(|era| era.noise = Some(noise))
    }

    /// The same, multiplied by a factor; one that is not a positive number is 0.
    #[must_use]
    pub fn scaled(self, factor: f64) -> Self {
        let usable = factor.is_finite() && factor > 0.0;
        self.with(|era| era.scale *= if usable { factor } else { 0.0 })
    }

    fn with(mut self, set: impl Fn(&mut Era)) -> Self {
        for era in &mut self.eras {
            set(era);
        }
        self
    }

    /// The same without an end: the last target holds for ever.
    #[must_use]
    pub fn for_ever(mut self) -> Self {
        for era in &mut self.eras {
            era.line.hold();
        }
        self
    }

    /// This profile until `at`, and `other` from then on, whose times count from the beginning of the run too.
    #[must_use]
    pub fn changed_at(&self, at: Duration, other: &Self) -> Self {
        let mut eras: Vec<Era> = self
            .eras
            .iter()
            .filter(|era| era.from < at)
            .cloned()
            .collect();
        let last = other.eras.iter().rposition(|era| era.from <= at);
        let rest = other.eras.iter().skip(last.unwrap_or(0)).cloned();
        eras.extend(rest.map(|era| Era {
            from: era.from.max(at),
            ..era
        }));
        Self { eras }
    }

    /// The level at a moment.
    pub fn level(&self, at: Duration) -> f64 {
        self.piece(at).level(at)
    }

    /// The level of the stages alone, scaled: without spikes, curve and noise.
    pub fn line_level(&self, at: Duration) -> f64 {
        let era = self.era(at).0;
        era.scale * era.line.piece(at).level(at)
    }

    /// A level that is never exceeded; without noise and overlaps of stages, spikes and curve it is the greatest one.
    pub fn greatest(&self) -> f64 {
        self.eras.iter().map(Era::greatest).fold(0.0, f64::max)
    }

    /// When the stages are over; none where the level holds for ever.
    pub fn end(&self) -> Option<Duration> {
        self.eras.last()?.line.end()
    }

    /// The straight line at a moment.
    fn piece(&self, at: Duration) -> Piece {
        let (era, until) = self.era(at);
        era.piece(at).part(era.from, until)
    }

    /// What holds at a moment, and until when.
    fn era(&self, at: Duration) -> (&Era, Duration) {
        let next = self.eras.partition_point(|era| era.from <= at);
        let until = self.eras.get(next).map_or(FOREVER, |era| era.from);
        // The first era begins at 0, so one of them has begun.
        (&self.eras[next.saturating_sub(1)], until)
    }
}

impl Era {
    fn piece(&self, at: Duration) -> Piece {
        let mut parts = [Piece::constant(1.0); 4];
        parts[0] = self.line.piece(at);
        parts[1] = self.spikes.piece(at);
        if let Some(curve) = &self.curve {
            parts[2] = curve.piece(at);
        }
        if let Some(noise) = &self.noise {
            parts[3] = noise.piece(at);
        }
        // Nothing of the others is to be seen as long as one of them is zero, so that an end is found.
        if self.scale == 0.0 {
            return Piece::constant(0.0);
        }
        if let Some(zero) = parts.iter().find(|part| part.is_zero()) {
            return *zero;
        }
        let from = parts.iter().map(|part| part.from).max().unwrap_or_default();
        let to = parts.iter().map(|part| part.to).min().unwrap_or(FOREVER);
        let sloped = parts.iter().filter(|part| part.start != part.end).count();
        let (from, to) = match sloped {
            0 | 1 => (from, to),
            _ if self.noise.is_some() => chord(at, from, to, PRODUCT_PARTS / 4),
            _ => chord(at, from, to, PRODUCT_PARTS),
        };
        Piece {
            from,
            to,
            start: self.scale * parts.iter().map(|part| part.level(from)).product::<f64>(),
            end: self.scale * parts.iter().map(|part| part.level(to)).product::<f64>(),
        }
    }

    fn greatest(&self) -> f64 {
        let curve = self.curve.as_ref().map_or(1.0, Curve::greatest);
        let noise = self.noise.as_ref().map_or(1.0, Noise::greatest);
        self.scale * self.line.greatest() * self.spikes.greatest() * curve * noise
    }
}

/// That of so many equal parts of a span in which a moment lies.
fn chord(at: Duration, from: Duration, to: Duration, parts: u32) -> (Duration, Duration) {
    let (length, parts) = ((to - from).as_nanos(), u128::from(parts));
    let passed = at.saturating_sub(from).as_nanos();
    let index = (passed * parts / length.max(1)).min(parts - 1);
    // Rounded up, so that the moment lies at or after the start of its part, and before the end.
    let bound = |index: u128| from + piece::nanos((length * index).div_ceil(parts));
    (bound(index), bound(index + 1).min(to))
}
