use std::time::Duration;

/// A timer fires late by a millisecond or two, and then all that were due meanwhile go at once: so much is made up for,
/// and no more.
const LATE: Duration = Duration::from_millis(5);

/// Requests evenly spaced at a rate that may change: a token bucket of one token (Turner, "New Directions in
/// Communications", 1986), so that a quiet second is no credit for the next one.
///
/// In any span there go at most rate x (span + 5 ms) + 1. Rates are thousandths of a request a second; times count from
/// any fixed moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spacing {
    credit: f64,
    at: Duration,
    per_second: f64,
}

impl Spacing {
    /// Place number `part` of `parts` that share a rate evenly from the moment 0: their first requests are apart, too.
    pub fn of(part: usize, parts: usize, millis_per_second: u64) -> Self {
        Self {
            credit: 1.0 - part as f64 / parts.max(1) as f64,
            at: Duration::ZERO,
            per_second: millis_per_second as f64 / 1000.0,
        }
    }

    /// From `now` on this is the rate.
    pub fn set(&mut self, now: Duration, millis_per_second: u64) {
        self.advance(now);
        self.per_second = millis_per_second as f64 / 1000.0;
        if millis_per_second == 0 {
            self.credit = 0.0;
        }
    }

    /// One goes now, if one may; otherwise in how long; none: never at this rate.
    pub fn go(&mut self, now: Duration) -> Result<(), Option<Duration>> {
        self.advance(now);
        // What is left of a nanosecond is not worth another timer.
        if self.credit >= 1.0 - 1e-9 {
            self.credit -= 1.0;
            return Ok(());
        }
        if self.per_second <= 0.0 {
            return Err(None);
        }
        let wait = (1.0 - self.credit) / self.per_second;
        Err(Duration::try_from_secs_f64(wait).ok())
    }

    fn advance(&mut self, now: Duration) {
        let since = now.saturating_sub(self.at).as_secs_f64();
        self.at = self.at.max(now);
        let most = 1.0 + self.per_second * LATE.as_secs_f64();
        self.credit = (self.credit + since * self.per_second).min(most);
    }
}
