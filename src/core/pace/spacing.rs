use std::time::Duration;

/// A timer fires late by a millisecond or two, and then all requests that were due are sent at once: so much is caught up,
/// and no more.
const LATE: Duration = Duration::from_millis(5);

/// Requests evenly spaced at a rate that may change: a token bucket of one token (Turner, "New Directions in
/// Communications", 1986), so that unused rate is not carried over.
///
/// In any span at most rate x (span + 5 ms) + 1 requests are sent. Rates are thousandths of a request a second; times count from
/// any fixed moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spacing {
    credit: f64,
    at: Duration,
    per_second: f64,
}

impl Spacing {
    /// Part number `part` of `parts` that share a rate evenly from the moment 0: their first requests are spaced, too.
    pub fn of(part: usize, parts: usize, millis_per_second: u64) -> Self {
        Self {
            credit: 1.0 - part as f64 / parts.max(1) as f64,
            at: Duration::ZERO,
            per_second: millis_per_second as f64 / 1000.0,
        }
    }

    /// Sets the rate from `now` on.
    pub fn set(&mut self, now: Duration, millis_per_second: u64) {
        self.advance(now);
        self.per_second = millis_per_second as f64 / 1000.0;
        if millis_per_second == 0 {
            self.credit = 0.0;
        }
    }

    /// Takes a token; otherwise returns the time until the next one; none: never at this rate.
    pub fn go(&mut self, now: Duration) -> Result<(), Option<Duration>> {
        self.advance(now);
        // A fraction of a nanosecond needs no further timer.
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
