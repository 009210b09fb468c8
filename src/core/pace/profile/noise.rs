use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::piece::{Piece, nanos};

/// A factor around 1 that changes at random: uniform from 1 - `share` to 1 + `share` at whole multiples of `every`, with
/// straight lines between them. Each value follows from the seed and its place alone.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Noise {
    /// From 0 to 1.
    pub share: f64,
    pub every: Duration,
    pub seed: u64,
}

impl Noise {
    /// A factor that is never exceeded.
    pub(super) fn greatest(&self) -> f64 {
        1.0 + self.usable_share()
    }

    pub(super) fn piece(&self, at: Duration) -> Piece {
        let every = self.every.as_nanos().max(1_000_000);
        let place = at.as_nanos() / every;
        Piece {
            from: nanos(place * every),
            to: nanos((place + 1) * every),
            start: self.factor(place as u64),
            end: self.factor(place as u64 + 1),
        }
    }

    fn factor(&self, place: u64) -> f64 {
        // 53 bits fill a double's fraction.
        let unit = (mixed(self.seed, place) >> 11) as f64 / (1u64 << 53) as f64;
        1.0 + self.usable_share() * (2.0 * unit - 1.0)
    }

    fn usable_share(&self) -> f64 {
        if self.share.is_nan() {
            0.0
        } else {
            self.share.clamp(0.0, 1.0)
        }
    }
}

/// Output number `place` of SplitMix64 (Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA
/// 2014), which can be read at any place.
fn mixed(seed: u64, place: u64) -> u64 {
    let step = 0x9E37_79B9_7F4A_7C15_u64.wrapping_mul(place.wrapping_add(1));
    let mut z = seed.wrapping_add(step);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}
