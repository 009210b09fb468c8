use std::time::Duration;

/// The pause of a user between two steps, in seconds as scripts write it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Think {
    /// Always the same.
    Fixed(f64),
    /// Uniform between two ends, in either order.
    Range(f64, f64),
}

/// The longest pause: a day. A script that asks for more, or for infinity, gets this.
pub const LONGEST_THINK: Duration = Duration::from_secs(24 * 3600);

impl Think {
    /// The pause for one draw from 0 to 1, stretched by `factor`. Below zero and NaN are no pause.
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
