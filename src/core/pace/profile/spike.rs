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

impl Spike {
    fn end(&self) -> Duration {
        self.at.saturating_add(self.over)
    }
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
            let end = spike.end();
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

    /// The factor changes at starts and ends alone: a spike below 100 % is a dip, after which it is greater.
    pub fn greatest(&self) -> f64 {
        let bounds = self.0.iter().flat_map(|spike| [spike.at, spike.end()]);
        let factors = bounds.map(|bound| self.piece(bound).start);
        factors.fold(1.0, f64::max)
    }
}
