use std::time::Duration;

/// The wait of a user after failed sessions.
///
/// "Full jitter" (M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015): a uniform draw below a
/// ceiling that doubles with each failure. Here it starts at `base` instead of 0, so that no user retries a dead target at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    /// The shortest wait.
    pub base: Duration,
    /// The longest wait.
    pub cap: Duration,
}

impl Default for Backoff {
    fn default() -> Self {
        Self {
            base: Duration::from_secs(1),
            cap: Duration::from_secs(30),
        }
    }
}

impl Backoff {
    /// The wait after `failures_in_a_row` failures (from 1; 0 counts as 1), where `unit_random` is a draw from 0 to 1.
    /// The ceiling is `base` x 2^failures, at most `cap`.
    pub fn delay(&self, failures_in_a_row: u32, unit_random: f64) -> Duration {
        // 2^31 times any useful base exceeds any useful cap.
        let doubled = 1u32 << failures_in_a_row.clamp(1, 31);
        let ceiling = self.base.saturating_mul(doubled).min(self.cap);
        let room = ceiling.saturating_sub(self.base);
        let unit = if unit_random.is_nan() {
            0.0
        } else {
            unit_random.clamp(0.0, 1.0)
        };
        self.base.min(self.cap) + room.mul_f64(unit)
    }
}
