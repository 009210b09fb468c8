//! A request that is kept for outputs until its outcome is final, and the choice of samples.

use std::cell::RefCell;
use std::time::Duration;

use crate::metrics::{Capture, RequestRecord};
use crate::random::{Purpose, Stream};

/// A request that ended.
pub struct Captured {
    /// Since 1970.
    pub(super) ended: Duration,
    pub(super) took: Duration,
    /// None of one that is kept only if it turns out to be a failure.
    pub(super) record: Option<Box<RequestRecord>>,
}

/// Chooses samples, on one thread.
pub struct Sampler {
    capture: Capture,
    stream: RefCell<Stream>,
}

impl Sampler {
    pub(super) fn new(capture: Capture, seed: u64) -> Self {
        Self {
            capture,
            stream: RefCell::new(Stream::new(seed, 0, Purpose::Sample)),
        }
    }

    /// Whether anything is kept.
    pub(super) fn is_on(&self) -> bool {
        self.capture.is_on()
    }

    /// Whether spans are kept.
    pub(super) fn has_spans(&self) -> bool {
        self.capture.spans
    }

    /// Whether this request is a sample: a failure always is.
    pub(super) fn takes(&self, has_failed: bool) -> bool {
        let Some(rate) = self.capture.samples else {
            return false;
        };
        has_failed || rate >= 1.0 || self.stream.borrow_mut().chance(rate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_of_requests_are_samples_and_every_failure() {
        let sampler = |samples| {
            let capture = Capture {
                samples,
                spans: false,
            };
            Sampler::new(capture, 7)
        };
        let some = sampler(Some(0.1));
        let taken = (0..10_000).filter(|_| some.takes(false)).count();
        // 1,000 by expectation; four standard deviations are 120.
        assert!((880..=1_120).contains(&taken), "{taken}");
        assert!((0..100).all(|_| some.takes(true)));
        assert!(!sampler(Some(0.0)).takes(false) && sampler(Some(0.0)).takes(true));
        assert!(!sampler(None).takes(true));
    }
}
