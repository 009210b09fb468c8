//! Monitors: they look at a run every second for reasons to act.
//!
//! In: snapshots, batches, and what is wrong with the ledger. Out: [`Action`]s, in the order in which they are to be
//! taken. It must never know the run, its shards, a channel or the time of day.

use std::sync::Arc;

mod action;
mod conditions;
mod dropped;
pub mod ledger_health;
mod load_shedding;
mod quarantine;
mod recent;
mod rule_state;
mod search;
mod search_level;
mod stop_rules;
mod tally;
mod thresholds;
mod warnings;

pub use action::{Action, Monitor};
use conditions::ConditionTracker;
use dropped::DroppedWarning;
pub use load_shedding::{LevelChange, LoadShedding};
use quarantine::Quarantine;
pub use rule_state::RuleMemory;
use rule_state::RuleState;
use search::Search;
pub use stop_rules::StopRules;
use thresholds::Thresholds;
use warnings::{ClockWarning, OverloadWarning, SilenceWarning, StepNamesWarning, UnsentWarnings};
pub use warnings::{is_refusal, overload_summary};

use crate::metrics::{Batch, Conditions, Snapshot};
use crate::plan::Plan;

/// Every monitor of a run.
pub struct Monitors {
    each: Vec<Box<dyn Monitor>>,
    unsent: UnsentWarnings,
    thresholds: Thresholds,
    search: Option<Search>,
    stop_rules: StopRules,
    conditions: ConditionTracker,
}

impl Monitors {
    /// Those that the plan asks for. A run of which one session is recorded measures no load, so that nothing is said of
    /// whether the generator keeps up.
    pub fn new(plan: &Plan, is_trace: bool) -> Self {
        let mut each: Vec<Box<dyn Monitor>> = vec![
            Box::new(Quarantine::default()),
            Box::new(SilenceWarning::new(plan.base_url.as_str())),
            Box::new(ClockWarning::default()),
            Box::new(StepNamesWarning::default()),
        ];
        if !is_trace {
            each.push(Box::new(OverloadWarning::default()));
        }
        if let Some(open) = plan.open() {
            each.push(Box::new(DroppedWarning::new(open.max_users, plan.shards)));
        }
        if plan.limits.degrade {
            each.push(Box::new(LoadShedding::default()));
        }
        Self {
            each,
            unsent: UnsentWarnings::default(),
            thresholds: Thresholds::new(plan),
            search: plan.search.as_ref().map(Search::new),
            stop_rules: StopRules::new(&plan.valve, &plan.shape),
            conditions: ConditionTracker::new(plan),
        }
    }

    /// What is known of the thresholds and of the stop rules.
    pub fn memory(&mut self) -> Vec<RuleMemory> {
        let states = self.thresholds.states().iter();
        let states = states.chain(self.stop_rules.states().iter());
        states.map(RuleState::memory).collect()
    }

    /// Goes on with what was known of them at another moment of the same run.
    pub fn resume(&mut self, memory: Vec<RuleMemory>) {
        let states = self.thresholds.states().iter_mut();
        let states = states.chain(self.stop_rules.states());
        for (state, memory) in states.zip(memory) {
            state.resume(memory);
        }
    }

    /// A snapshot with how the thresholds and the search stand by it, and what they ask for; `under_load` as in
    /// [`Self::observe`].
    pub fn judge(
        &mut self,
        mut snapshot: Arc<Snapshot>,
        under_load: bool,
    ) -> (Arc<Snapshot>, Vec<Action>) {
        let mut actions = Vec::new();
        // Nobody else has it yet, so that nothing is copied.
        if !self.thresholds.is_empty() {
            actions = self.thresholds.observe(&snapshot, under_load);
            Arc::make_mut(&mut snapshot).thresholds = self.thresholds.status(&snapshot);
        }
        if let Some(search) = &mut self.search {
            if under_load {
                actions.extend(search.observe(&snapshot));
            }
            Arc::make_mut(&mut snapshot).search = Some(search.status());
        }
        (snapshot, actions)
    }

    /// What they ask for after a second; `under_load` says whether users are active and the run is not ending.
    pub fn observe(&mut self, snapshot: &Snapshot, under_load: bool) -> Vec<Action> {
        let each = self.each.iter_mut().map(|monitor| &mut **monitor as _);
        let all = each.chain([&mut self.stop_rules as &mut dyn Monitor]);
        let actions: Vec<_> = all
            .filter(|monitor| under_load || !monitor.needs_load())
            .flat_map(|monitor| monitor.observe(snapshot))
            .collect();
        self.conditions.observe(snapshot);
        self.conditions.on_actions(&actions, snapshot);
        actions
    }

    /// A snapshot that was observed, with what holds at this moment and since when.
    pub fn with_conditions(&self, mut snapshot: Arc<Snapshot>) -> Arc<Snapshot> {
        let conditions = Conditions {
            stop_rules: self.stop_rules.progress(),
            ..self.conditions.conditions(&snapshot)
        };
        Arc::make_mut(&mut snapshot).conditions = conditions;
        snapshot
    }

    /// What a shard's batch asks for.
    pub fn observe_batch(&mut self, batch: &Batch) -> Vec<Action> {
        self.unsent.observe(batch)
    }
}
