//! The moments under which metrics are pushed.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The machine's time in whole milliseconds.
#[derive(Default)]
pub struct Moments(Duration);

impl Moments {
    /// Now, since 1970; later than the last one, also where the clock was set back: receivers refuse what goes backwards.
    pub fn next(&mut self) -> Duration {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let now = Duration::from_millis(now.unwrap_or_default().as_millis() as u64);
        self.0 = now.max(self.0 + Duration::from_millis(1));
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_moment_comes_twice() {
        let mut moments = Moments::default();
        let all: Vec<_> = (0..1_000).map(|_| moments.next()).collect();
        assert!(all.is_sorted_by(|one, next| one < next));
    }
}
