//! How the part of a worker ends: its users are handed over or cut off, and what they created is deleted.

use std::collections::BTreeMap;

use tokio::sync::oneshot;

use super::AtWork;
use crate::cluster::records::WorkerMessage;
use crate::cluster::worker::cleanup;
use crate::engine::{Order, Report};

impl AtWork<'_> {
    /// Whether it has users that others may have when it is stopped.
    pub fn may_hand_over(&self) -> bool {
        self.hands_over && self.reporting.as_ref().is_some_and(|of| !of.is_finished())
    }

    /// Whether the run has begun here.
    pub fn has_begun(&self) -> bool {
        self.reporting.is_some()
    }

    /// Asks that others have its users.
    pub fn hand_over(&self, why: String) {
        let _ = self.say.send(WorkerMessage::HandsOver { why });
    }

    /// Ends once its shards have ended.
    async fn shards_ended(&mut self) {
        if let Some(reporting) = &mut self.reporting {
            let _ = reporting.await;
            self.reporting = None;
        }
    }

    /// Ends what its users do: their requests, or everything.
    pub fn cut(&self, everything: bool) {
        if everything {
            return self.end_shards();
        }
        self.broadcast(&Order::Drain);
        self.broadcast(&Order::CancelSteps);
    }

    /// Waits for the end of its shards, or then of a clean-up under way.
    pub async fn ended(&mut self, have_shards_ended: bool) {
        if !have_shards_ended {
            return self.shards_ended().await;
        }
        if let Some(cleaning) = &mut self.cleaning {
            let _ = cleaning.await;
            self.cleaning = None;
        }
    }

    pub fn clean(&mut self) {
        if std::mem::replace(&mut self.has_begun_cleaning, true) {
            return;
        }
        let Some(ledger) = self.ledger.take() else {
            let left = BTreeMap::new();
            return self.report(Report::Cleaned { left });
        };
        let (end, over) = oneshot::channel();
        self.end_cleanup = Some(end);
        let begun = cleanup::begin(
            self.cleanup.take(),
            ledger,
            self.part.first,
            self.say.clone(),
            over,
        );
        match begun {
            Ok(cleaning) => self.cleaning = Some(cleaning),
            Err(why) => {
                tracing::error!("nothing is deleted: no thread for it: {why}");
                let left = BTreeMap::new();
                self.report(Report::Cleaned { left });
            }
        }
    }
}
