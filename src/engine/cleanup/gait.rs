//! How fast a clean-up goes: so many requests a second, none while the target asks for a pause.

use std::cell::Cell;
use std::time::Duration;

use tokio::time::Instant;

/// The steps of a clean-up, however many do them at once.
pub struct Gait {
    step: Duration,
    next: Cell<Instant>,
}

impl Gait {
    /// So many requests a second, evenly.
    pub fn new(rps: f64) -> Self {
        Self {
            step: Duration::try_from_secs_f64(1.0 / rps).unwrap_or_default(),
            next: Cell::new(Instant::now()),
        }
    }

    /// Waits for the turn of one more request.
    pub async fn turn(&self) {
        // Somebody may ask for a pause meanwhile, so a turn is taken only when it is there.
        while let Some(turn) = self.take(Instant::now()) {
            tokio::time::sleep_until(turn).await;
        }
    }

    /// Takes a turn; if there is none yet, says when.
    fn take(&self, now: Instant) -> Option<Instant> {
        let turn = self.next.get().max(now);
        if turn > now + EARLY {
            return Some(turn);
        }
        self.next.set(turn + self.step);
        None
    }

    /// Nobody goes on before this is over.
    pub fn pause(&self, span: Duration) {
        self.next.set(self.next.get().max(Instant::now() + span));
    }
}

/// Timers have a grain of a millisecond: turns so near are taken at once, and the pace over a second stays the same.
const EARLY: Duration = Duration::from_millis(2);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_keeps_its_pace_and_pauses_when_asked() {
        let gait = Gait::new(100.0);
        let mut now = Instant::now();
        let began = now;
        let mut walk = |turns: u32| {
            for _ in 0..turns {
                while let Some(turn) = gait.take(now) {
                    now = turn;
                }
            }
            now - began
        };
        let near = |took: Duration, wanted: u64| {
            let wanted = Duration::from_millis(wanted);
            took + EARLY >= wanted && took <= wanted + EARLY
        };
        let took = walk(51);
        assert!(near(took, 500), "{took:?}");
        gait.next.set(began + Duration::from_secs(7));
        let took = walk(11);
        assert!(near(took, 7_100), "{took:?}");
    }
}
