//! Pauses of a user: time in which it thinks or is throttled while it waits for no response. It is part of no step's duration.

use std::cell::Cell;
use std::time::Duration;

use tokio::time::Instant;

/// The pauses of a user so far.
#[derive(Default)]
pub struct Pauses {
    /// Branches that pause: with `parallel` there may be several.
    pausing: Cell<u32>,
    /// Requests under way that the limits of the run throttle.
    throttled: Cell<u32>,
    /// Since when nothing is waited for; none: something is, or nothing pauses.
    since: Cell<Option<Instant>>,
    total: Cell<Duration>,
}

impl Pauses {
    /// All pauses that ended.
    pub fn total(&self) -> Duration {
        self.total.get()
    }

    /// So many requests are under way now: while there is one, no pause of another branch counts.
    pub(super) fn update(&self, in_flight: u32) {
        self.update_at(in_flight, Instant::now);
    }

    /// One more request under way is throttled, or one fewer.
    pub(super) fn throttle(&self, is_throttled: bool, in_flight: u32) {
        let throttled = self.throttled.get();
        self.throttled.set(if is_throttled {
            throttled + 1
        } else {
            throttled.saturating_sub(1)
        });
        self.update(in_flight);
    }

    fn update_at(&self, in_flight: u32, now: impl FnOnce() -> Instant) {
        let throttled = self.throttled.get();
        let pauses = (self.pausing.get() > 0 || throttled > 0) && in_flight == throttled;
        match self.since.get() {
            None if pauses => self.since.set(Some(now())),
            Some(since) if !pauses => {
                let pause = now().saturating_duration_since(since);
                self.total.set(self.total.get() + pause);
                self.since.set(None);
            }
            _ => {}
        }
    }
}

/// A pause under way.
pub struct Pause<'a> {
    pauses: &'a Pauses,
    in_flight: &'a Cell<u32>,
}

impl<'a> Pause<'a> {
    pub(super) fn begin(pauses: &'a Pauses, in_flight: &'a Cell<u32>) -> Self {
        pauses.pausing.set(pauses.pausing.get() + 1);
        pauses.update(in_flight.get());
        Self { pauses, in_flight }
    }
}

impl Drop for Pause<'_> {
    fn drop(&mut self) {
        let pausing = &self.pauses.pausing;
        pausing.set(pausing.get() - 1);
        self.pauses.update(self.in_flight.get());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_count_once_and_only_while_nothing_is_requested() {
        let pauses = Pauses::default();
        let begin = Instant::now();
        // At which second: how many branches pause, and how many requests are under way.
        for (second, pausing, in_flight) in [
            (0, 1, 0),
            (1, 2, 0),
            (3, 2, 1),
            (7, 1, 1),
            (9, 1, 0),
            (17, 0, 0),
            (20, 0, 1),
        ] {
            pauses.pausing.set(pausing);
            pauses.update_at(in_flight, || begin + Duration::from_secs(second));
        }
        assert_eq!(pauses.total(), Duration::from_secs(3 + 8));
    }

    #[test]
    fn a_pause_lasts_while_its_guard_lives_and_no_request_is_under_way() {
        let (pauses, in_flight) = (Pauses::default(), Cell::new(0));
        let is_pausing = || pauses.since.get().is_some();
        let first = Pause::begin(&pauses, &in_flight);
        let second = Pause::begin(&pauses, &in_flight);
        drop(first);
        assert!(is_pausing(), "of two one is left");
        in_flight.set(1);
        pauses.update(1);
        assert!(!is_pausing(), "a request is under way");
        pauses.throttle(true, 1);
        assert!(is_pausing(), "which the run holds back");
        drop(second);
        assert!(is_pausing());
        pauses.throttle(false, 1);
        assert!(!is_pausing());
        in_flight.set(0);
        pauses.update(0);
        assert!(!is_pausing(), "nothing pauses");
    }

    #[test]
    fn a_request_that_is_throttled_counts_as_a_pause_unless_another_one_is_under_way() {
        let pauses = Pauses::default();
        let begin = Instant::now();
        // At which second: how many requests are throttled, of how many under way.
        for (second, throttled, in_flight) in [
            (0, 0, 1),
            (1, 1, 1),
            (3, 1, 2),
            (7, 2, 2),
            (15, 1, 2),
            (31, 0, 1),
            (63, 0, 0),
        ] {
            pauses.throttled.set(throttled);
            pauses.update_at(in_flight, || begin + Duration::from_secs(second));
        }
        assert_eq!(pauses.total(), Duration::from_secs(2 + 8));
    }
}
