//! The clean-up of a run: in the background of what sessions that are over created, at the end of everything.

use std::rc::Rc;

use tokio::task::JoinHandle;

use crate::engine::cleanup::runner::{self, CleanupOptions, CleanupProgress, MOST_LISTED};
use crate::engine::config::RunConfig;
use crate::ledger::{Ledger, LedgerError, RemainingEntry};
use crate::request::{Requester, ShutdownSignal};

/// Cleans up while the run goes on, and once more at its end.
pub struct BackgroundCleanup {
    user: Rc<Requester>,
    ledger: Ledger,
    /// Requests a second, at most.
    rps: f64,
    /// Says that the time for clean-up is over.
    over: Rc<ShutdownSignal>,
    /// The last one in the background, under way or done.
    background: Option<JoinHandle<()>>,
}

impl BackgroundCleanup {
    pub fn new(user: &Rc<Requester>, config: &RunConfig) -> Self {
        Self {
            user: Rc::clone(user),
            ledger: config.ledger.clone(),
            rps: config.plan.cleanup_rps,
            over: Rc::default(),
            background: None,
        }
    }

    /// Cleans what sessions that are over created, and what the last time could not. One that is still under way is let
    /// finish.
    pub fn start(&mut self) {
        let last = self.background.as_ref();
        if last.is_some_and(|last| !last.is_finished()) {
            return;
        }
        let cleaning = self.clean(true);
        self.background = Some(tokio::task::spawn_local(cleaning));
    }

    /// Cleans everything, and lists the first of what is left.
    pub fn clean_all(
        &mut self,
    ) -> impl Future<Output = Result<Vec<RemainingEntry>, LedgerError>> + use<> {
        let (last, ledger) = (self.background.take(), self.ledger.clone());
        let cleaning = self.clean(false);
        async move {
            if let Some(last) = last {
                // It has said what it could not delete; the ledger has it.
                let _ = last.await;
            }
            cleaning.await;
            ledger.list(MOST_LISTED).await
        }
    }

    /// The time is over: what is under way ends soon.
    pub fn end(&self) {
        self.over.set();
    }

    /// Whether the time is over.
    pub fn is_over(&self) -> bool {
        self.over.is_set()
    }

    fn clean(&self, only_over: bool) -> impl Future<Output = ()> + use<> {
        let (user, over) = (Rc::clone(&self.user), Rc::clone(&self.over));
        let ledger = self.ledger.clone();
        let options = CleanupOptions {
            only_over,
            rps: self.rps,
        };
        async move {
            let progress = Rc::<CleanupProgress>::default();
            let ended = runner::clean(&user, &ledger, options, over, Rc::clone(&progress)).await;
            log_end(&progress, ended);
        }
    }
}

fn log_end(progress: &CleanupProgress, ended: Result<(), LedgerError>) {
    if let Err(why) = ended {
        tracing::error!("clean-up: the ledger cannot be read: {why}");
    }
    if progress.of.get() > 0 {
        tracing::info!(
            "clean-up: {} of {} things deleted",
            progress.deleted.get(),
            progress.of.get()
        );
    }
}
