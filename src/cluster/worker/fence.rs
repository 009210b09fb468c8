//! The moment from which on no request of a worker leaves: who was frozen finds it passed when it wakes up.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::cluster::time_of_day::boot_time;

/// Nothing leaves any more, whatever the time.
const CLOSED: u64 = 0;

/// Open until a moment that is put off again and again; once it has passed, it stays closed.
#[derive(Debug)]
pub struct Fence {
    /// In nanoseconds of [`boot_ns`].
    until: AtomicU64,
}

impl Fence {
    /// Open for so long.
    pub fn open_for(span: Duration) -> Self {
        let until = boot_ns().saturating_add(nanoseconds(span));
        Self {
            until: AtomicU64::new(until),
        }
    }

    /// Whether requests may leave: one load and one look at the clock.
    pub fn is_open(&self) -> bool {
        boot_ns() < self.until.load(Ordering::Relaxed)
    }

    /// Somebody counts on this worker until so long after this moment of [`boot_ns`]. What has passed stays so. One thread alone
    /// puts it off.
    pub fn put_off(&self, since: u64, span: Duration) {
        if !self.is_open() {
            return self.until.store(CLOSED, Ordering::Relaxed);
        }
        let until = since.saturating_add(nanoseconds(span));
        self.until.fetch_max(until, Ordering::Relaxed);
    }
}

/// Nanoseconds since the machine started, in which it was suspended included.
pub fn boot_ns() -> u64 {
    nanoseconds(boot_time())
}

fn nanoseconds(span: Duration) -> u64 {
    u64::try_from(span.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(3600);

    #[test]
    fn what_has_passed_is_not_put_off() {
        let fence = Fence::open_for(LONG);
        assert!(fence.is_open());
        // One that was acknowledged earlier holds.
        fence.put_off(0, Duration::ZERO);
        assert!(fence.is_open());
        let fence = Fence::open_for(Duration::ZERO);
        assert!(!fence.is_open());
        fence.put_off(boot_ns(), LONG);
        assert!(!fence.is_open());
    }
}
