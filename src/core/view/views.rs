//! The one place where views are made: by the first reader who asks for a snapshot's, for all of them.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;

use super::baseline::Baseline;
use super::coverage::Coverage;
use super::outputs::OutputStatuses;
use super::run_view::RunView;
use crate::metrics::{Exit, Snapshot};
use crate::openapi::Contract;

/// The views of a run, one of each snapshot. Nothing is made where nobody reads, and nothing on the threads of the run:
/// readers make what they read.
#[derive(Clone)]
pub struct Views {
    snapshots: watch::Receiver<Arc<Snapshot>>,
    made: Arc<Mutex<Option<Made>>>,
    outputs: OutputStatuses,
    contract: Option<Arc<Contract>>,
}

/// The newest view, and of what it was made.
struct Made {
    snapshot: Arc<Snapshot>,
    view: Arc<RunView>,
}

impl Views {
    pub fn new(snapshots: watch::Receiver<Arc<Snapshot>>) -> Self {
        Self {
            snapshots,
            made: Arc::default(),
            outputs: OutputStatuses::default(),
            contract: None,
        }
    }

    /// The same, with how these outputs stand.
    #[must_use]
    pub fn with_outputs(self, outputs: &OutputStatuses) -> Self {
        Self {
            outputs: outputs.clone(),
            ..self
        }
    }

    /// The same, with what is covered of this contract.
    #[must_use]
    pub fn with_contract(self, contract: Option<Arc<Contract>>) -> Self {
        Self { contract, ..self }
    }

    /// The run as it is now; [`Views::next`] waits for another one.
    pub fn latest(&mut self) -> Arc<RunView> {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        // Looked at under the lock: views are made in the order of their snapshots. Cloned at once: the run waits while
        // the value is borrowed.
        let snapshot = Arc::clone(&self.snapshots.borrow_and_update());
        match &*made {
            Some(made) if Arc::ptr_eq(&made.snapshot, &snapshot) => Arc::clone(&made.view),
            _ => {
                let view = RunView::of(&snapshot)
                    .with_coverage(self.contract.as_deref(), &snapshot)
                    .with_outputs(self.outputs.read());
                let view = Arc::new(view);
                *made = Some(Made {
                    snapshot,
                    view: Arc::clone(&view),
                });
                view
            }
        }
    }

    /// The run is over and reported: the last view has this exit, which may have reasons that came with the reports, what
    /// the run is against its baseline, and what the outputs delivered in the end.
    pub fn conclude(&mut self, exit: Exit, baseline: Option<Baseline>, coverage: Option<Coverage>) {
        let last = self.latest();
        let outputs = self.outputs.read();
        let is_known = last.exit.as_ref() == Some(&exit) && last.outputs == outputs;
        if is_known && baseline.is_none() && last.coverage == coverage {
            return;
        }
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(made) = &mut *made {
            let mut view = RunView::clone(&made.view).with_outputs(outputs);
            view.exit = Some(exit);
            view.coverage = coverage;
            view.refresh_status();
            if let Some(baseline) = baseline {
                view.set_baseline(baseline);
            }
            made.view = Arc::new(view);
        }
    }

    /// The next one that this reader has not seen; none when no more will come.
    pub async fn next(&mut self) -> Option<Arc<RunView>> {
        self.snapshots.changed().await.ok()?;
        Some(self.latest())
    }

    /// Whether no more will come.
    pub fn is_over(&self) -> bool {
        self.snapshots.has_changed().is_err()
    }
}
