//! Says once, to somebody who waits in a terminal, how a user is tried without its pauses.

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use crate::app::process::output::complain;
use crate::clock::Clock;
use crate::session_trace::What;

/// How long a pause lasts before it is worth a word.
const PATIENCE: Duration = Duration::from_secs(2);

/// The hint, until it was given.
pub struct PauseHint {
    clock: Clock,
    /// How long the pause lasts that the user is in, in seconds.
    pause: Option<f64>,
    was_given: bool,
}

impl PauseHint {
    /// By this clock.
    pub fn new(clock: Clock) -> Self {
        Self {
            clock,
            pause: None,
            was_given: false,
        }
    }

    /// Takes notice of what the user does.
    pub fn follow(&mut self, what: &What) {
        self.pause = match what {
            What::Think { seconds, .. } => Some(*seconds),
            _ => None,
        };
    }

    /// Waits for the next event, and gives the hint if a pause lasts.
    pub async fn while_waiting<T>(&mut self, next: impl Future<Output = T>) -> T {
        let mut next = pin!(next);
        if let Some(seconds) = self.pause.filter(|_| !self.was_given) {
            tokio::select! {
                biased;
                event = &mut next => return event,
                () = self.clock.sleep(PATIENCE) => {
                    self.was_given = true;
                    complain(&format!(
                        "the user pauses for {seconds:.0} s; --think-factor 0 leaves pauses out"
                    ));
                }
            }
        }
        next.await
    }
}
