//! The clean-up of a run: in the background of what sessions that are over created, at the end of everything.

use std::cell::RefCell;
use std::rc::Rc;

use tokio::task::JoinHandle;

use crate::engine::cleanup::runner::{
    self, CleanupOptions, CleanupProgress, DeletedBySteps, MOST_LISTED, path_pattern,
};
use crate::engine::config::RunConfig;
use crate::ledger::{Ledger, LedgerError, RemainingEntry};
use crate::metrics::{Totals, TypeId};
use crate::request::{Requester, ShutdownSignal};

/// Cleans up while the run goes on, and once more at its end.
pub struct BackgroundCleanup {
    user: Rc<Requester>,
    ledger: Ledger,
    /// Requests a second, at most.
    rps: f64,
    /// Says that the time for clean-up is over.
    over: Rc<ShutdownSignal>,
    /// What steps deleted themselves.
    by_steps: Rc<RefCell<DeletedBySteps>>,
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
            by_steps: Rc::default(),
            background: None,
        }
    }

    /// Notes what users deleted in their steps, of what a shard counted; `own` is the type of the run's own requests.
    pub fn note(&self, counted: &Totals, own: TypeId) {
        let deletions = counted.series.iter().filter(|(series, totals)| {
            series.kind != own
                && &*series.operation.verb == "DELETE"
                && totals.statuses.values().any(|outcomes| outcomes.ok > 0)
        });
        let mut by_steps = self.by_steps.borrow_mut();
        for (series, _) in deletions {
            let pattern = path_pattern(&series.operation.name);
            if !by_steps.contains(&pattern) {
                by_steps.insert(pattern);
            }
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
        let (ledger, by_steps) = (self.ledger.clone(), Rc::clone(&self.by_steps));
        let options = CleanupOptions {
            only_over,
            rps: self.rps,
        };
        async move {
            let progress = Rc::<CleanupProgress>::default();
            let watched = Rc::clone(&progress);
            let ended = runner::clean(&user, &ledger, options, over, watched, &by_steps).await;
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
