//! Monitors: they look at a run every second for reasons to act.
//!
//! In: snapshots, batches, and what is wrong with the ledger. Out: [`Action`]s, in the order in which they are to be
//! taken. It must never know the run, its shards, a channel or the time of day.

use std::sync::Arc;

mod action;
mod dropped;
pub mod ledger_health;
mod load_shedding;
mod quarantine;
mod rule_state;
mod stop_rules;
mod tally;
mod thresholds;
mod warnings;

pub use action::{Action, Monitor};
use dropped::DroppedWarning;
pub use load_shedding::{LevelChange, LoadShedding};
use quarantine::Quarantine;
pub use stop_rules::StopRules;
use thresholds::Thresholds;
use warnings::{OverloadWarning, SilenceWarning, StepNamesWarning, UnsentWarnings};
pub use warnings::{is_refusal, overload_summary};

use crate::metrics::{Batch, Snapshot};
use crate::plan::Plan;

/// Every monitor of a run.
pub struct Monitors {
    each: Vec<Box<dyn Monitor>>,
    unsent: UnsentWarnings,
    thresholds: Thresholds,
}

impl Monitors {
    /// Those that the plan asks for.
    pub fn new(plan: &Plan) -> Self {
        let mut each: Vec<Box<dyn Monitor>> = vec![
            Box::new(Quarantine::default()),
            Box::new(SilenceWarning::new(plan.base_url.as_str())),
            Box::new(OverloadWarning::default()),
            Box::new(StepNamesWarning::default()),
        ];
        if let Some(open) = plan.open() {
            each.push(Box::new(DroppedWarning::new(open.max_users, plan.shards)));
        }
        if plan.limits.degrade {
            each.push(Box::new(LoadShedding::default()));
        }
        each.push(Box::new(StopRules::new(&plan.valve, &plan.shape)));
        Self {
            each,
            unsent: UnsentWarnings::default(),
            thresholds: Thresholds::new(plan),
        }
    }

    /// A snapshot with how the thresholds stand by it, and what they ask for; `under_load` as in [`Self::observe`].
    pub fn judge(
        &mut self,
        mut snapshot: Arc<Snapshot>,
        under_load: bool,
    ) -> (Arc<Snapshot>, Vec<Action>) {
        if self.thresholds.is_empty() {
            return (snapshot, Vec::new());
        }
        let actions = self.thresholds.observe(&snapshot, under_load);
        // Nobody else has it yet, so that nothing is copied.
        Arc::make_mut(&mut snapshot).thresholds = self.thresholds.status(&snapshot);
        (snapshot, actions)
    }

    /// What they ask for after a second; `under_load` says whether users are active and the run is not ending.
    pub fn observe(&mut self, snapshot: &Snapshot, under_load: bool) -> Vec<Action> {
        self.each
            .iter_mut()
            .filter(|monitor| under_load || !monitor.needs_load())
            .flat_map(|monitor| monitor.observe(snapshot))
            .collect()
    }

    /// What a shard's batch asks for.
    pub fn observe_batch(&mut self, batch: &Batch) -> Vec<Action> {
        self.unsent.observe(batch)
    }
}
