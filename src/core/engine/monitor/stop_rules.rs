//! The stop rules of the safety valve (`--stop-if`): judges second by second whether one is met.

use super::action::{Action, Monitor};
use super::rule_state::RuleState;
use crate::metrics::{RuleProgress, Snapshot, StopCause};
use crate::plan::{Rule, Shape};

/// The rules of a run, and how long each has been met.
#[derive(Default)]
pub struct StopRules {
    rules: Vec<RuleState>,
}

impl StopRules {
    /// Rules for a run of a shape, whose stages they may name.
    pub fn new(rules: &[Rule], shape: &Shape) -> Self {
        let rules = rules.iter();
        Self {
            rules: rules.map(|rule| RuleState::new(rule, shape)).collect(),
        }
    }

    /// The states of the rules, in their order.
    pub fn states(&mut self) -> &mut [RuleState] {
        &mut self.rules
    }

    /// How far the rules are that have been beyond their bound for some time, the one that is met soonest first.
    pub fn progress(&self) -> Vec<RuleProgress> {
        let mut progress: Vec<_> = self.rules.iter().filter_map(RuleState::progress).collect();
        progress.sort_by_key(|one| one.needed.saturating_sub(one.held));
        progress
    }

    /// Looks at the last second; gives the first rule that is met, with the figures.
    pub fn first_met(&mut self, snapshot: &Snapshot) -> Option<(Rule, String)> {
        for state in &mut self.rules {
            state.observe(snapshot);
        }
        let met = self
            .rules
            .iter()
            .find_map(|state| Some((state, state.met()?)));
        met.map(|(state, figures)| (state.rule().clone(), figures.to_owned()))
    }
}

impl Monitor for StopRules {
    fn observe(&mut self, snapshot: &Snapshot) -> Vec<Action> {
        let Some((rule, figures)) = self.first_met(snapshot) else {
            return Vec::new();
        };
        let (rule, text) = (rule.to_string(), format!("{rule}: {figures}"));
        vec![
            Action::error(format!(
                "the safety valve ends the run: {text}; --stop-if sets other rules, --no-valve none"
            )),
            Action::Record("valve", text),
            Action::Stop {
                cause: StopCause::Valve,
                rule,
                figures,
            },
        ]
    }

    /// Before the first user and after the last there is nothing to stop.
    fn needs_load(&self) -> bool {
        true
    }
}
