use std::time::Duration;

/// The ramp: `users` users start evenly spread over a span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ramp {
    pub users: u32,
    pub over: Duration,
}

impl Ramp {
    /// When user number `n` (from 0) starts, counted from the start of the run. The first starts at once, the last
    /// one step before the end of the span; numbers beyond `users` start at its end.
    pub fn start_of(&self, n: u32) -> Duration {
        if n >= self.users {
            return self.over;
        }
        let nanos = self.over.as_nanos() * u128::from(n) / u128::from(self.users);
        nanos_to_duration(nanos)
    }
}

fn nanos_to_duration(nanos: u128) -> Duration {
    const SECOND: u128 = 1_000_000_000;
    let rest = (nanos % SECOND) as u32;
    Duration::new(u64::try_from(nanos / SECOND).unwrap_or(u64::MAX), rest)
}
