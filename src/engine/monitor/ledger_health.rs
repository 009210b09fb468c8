//! A ledger that cannot be written, and what that means for the run.

use tokio::sync::watch;
use tokio::time::Instant;

use crate::engine::run::state::Course;
use crate::ledger::{MOST_UNWRITTEN, Trouble};
use crate::metrics::{StopCause, StopReason};

/// The next word about the ledger; never, once its writer has ended.
pub(crate) async fn news(trouble: &mut watch::Receiver<Option<Trouble>>) -> Option<Trouble> {
    if trouble.changed().await.is_err() {
        std::future::pending::<()>().await;
    }
    trouble.borrow_and_update().clone()
}

impl Course {
    /// Stops, in order, when nothing may be created any more; else says so and goes on.
    pub(crate) fn heed(&mut self, trouble: Option<Trouble>) {
        let why = match trouble {
            None => return,
            Some(Trouble::InMemory(why)) => {
                let text = format!(
                    "what the run creates is kept in memory, since the ledger cannot be written: {why}"
                );
                tracing::warn!(
                    "{text}; at most {MOST_UNWRITTEN} things, and what is left of them is listed at the end"
                );
                return self.remember("ledger", &text);
            }
            Some(Trouble::Refuses(why)) => why,
        };
        let text = format!("the ledger cannot be written, so nothing may be created: {why}");
        tracing::error!("{text}; the run stops");
        self.remember("ledger", &text);
        if self.is_stopping() || self.open == 0 {
            return;
        }
        self.broke = true;
        self.aggregator.stopped_by(StopReason {
            cause: StopCause::Ledger,
            at: self.elapsed(),
            rule: "the ledger cannot be written".to_owned(),
            figures: why,
        });
        self.signalled.get_or_insert_with(Instant::now);
        self.drain();
    }
}
