//! The pace of a clean-up: so many requests a second, none while the target asks for a pause.

use std::cell::Cell;
use std::time::Duration;

use tokio::time::Instant;

use crate::clock;
use crate::request::PausableClock;
use crate::request::admission::RateLimiter;

/// The pace of a clean-up, however many requests are under way at once.
pub struct Pacing {
    rate: RateLimiter,
    clock: PausableClock,
    paused_until: Cell<Instant>,
}

impl Pacing {
    /// So many requests a second by this clock, evenly.
    pub fn new(clock: clock::Clock, rps: f64) -> Self {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a rate is above 0, and a float beyond the range becomes the largest number"
        )]
        let millis_per_second = (rps * 1000.0).ceil() as u64;
        Self {
            rate: RateLimiter::new(clock, 0, 1, Some(millis_per_second)),
            clock: PausableClock::new(clock),
            paused_until: Cell::new(clock.now()),
        }
    }

    /// Waits until one more request may be sent.
    pub async fn next(&self) {
        loop {
            self.rate.pass(&self.clock).await;
            let until = self.paused_until.get();
            if until <= self.clock.now() {
                return;
            }
            self.clock.source().sleep_until(until).await;
        }
    }

    /// Nothing is sent before this is over.
    pub fn pause(&self, span: Duration) {
        let until = self.paused_until.get().max(self.clock.now() + span);
        self.paused_until.set(until);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_keeps_its_pace_and_pauses_when_asked() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build();
        let took = runtime.map(|runtime| {
            runtime.block_on(async {
                let pacing = Pacing::new(clock::Clock::default(), 100.0);
                let began = Instant::now();
                for _ in 0..6 {
                    pacing.next().await;
                }
                let paced = began.elapsed();
                pacing.pause(Duration::from_millis(80));
                pacing.next().await;
                (paced, began.elapsed() - paced)
            })
        });
        let Ok((paced, paused)) = took else {
            panic!("no runtime");
        };
        // Up to five milliseconds are made up for.
        assert!(paced >= Duration::from_millis(45), "{paced:?}");
        assert!(paused >= Duration::from_millis(80), "{paused:?}");
    }
}
