use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::piece::Piece;

/// A factor that holds for a time.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Spike {
    /// Since the run began.
    pub at: Duration,
    pub over: Duration,
    /// 3 for 300 %.
    pub factor: f64,
}

/// Spikes; where they overlap, their factors multiply.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Spikes(Vec<Spike>);

impl Spikes {
    pub fn new(spikes: &[Spike]) -> Self {
        let usable = |spike: &&Spike| spike.factor.is_finite() && spike.factor >= 0.0;
        Self(spikes.iter().filter(usable).copied().collect())
    }

    pub fn piece(&self, at: Duration) -> Piece {
        let mut piece = Piece::constant(1.0);
        let mut factor = 1.0;
        for spike in &self.0 {
            let end = spike.at.saturating_add(spike.over);
            if spike.at <= at && at < end {
                factor *= spike.factor;
            }
            for bound in [spike.at, end] {
                if bound <= at {
                    piece.from = piece.from.max(bound);
                } else {
                    piece.to = piece.to.min(bound);
                }
            }
        }
        (piece.start, piece.end) = (factor, factor);
        piece
    }

    pub fn greatest(&self) -> f64 {
        let at_start = |spike: &Spike| self.piece(spike.at).start;
        self.0.iter().map(at_start).fold(1.0, f64::max)
    }
}
