use std::time::Duration;

use serde::{Deserialize, Serialize};

/// The think time between two steps, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Think {
    /// Always the same.
    Fixed(f64),
    /// Uniform between two ends, in either order.
    Range(f64, f64),
}

/// The maximum think time: a day. Larger values and infinity are clamped to it.
pub const LONGEST_THINK: Duration = Duration::from_secs(24 * 3600);

impl Think {
    /// The think time for a random number from 0 to 1, multiplied by `factor`. Negative values and NaN are 0.
    pub fn draw(&self, unit_random: f64, factor: f64) -> Duration {
        let seconds = match *self {
            Self::Fixed(seconds) => seconds,
            Self::Range(from, to) => from + (to - from) * unit_random.clamp(0.0, 1.0),
        };
        let stretched = seconds * factor;
        if stretched >= LONGEST_THINK.as_secs_f64() {
            return LONGEST_THINK;
        }
        Duration::try_from_secs_f64(stretched).unwrap_or(Duration::ZERO)
    }
}
