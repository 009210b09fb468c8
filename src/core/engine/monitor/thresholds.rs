//! The thresholds of a run (`--fail-if`): what must not be so, or the run has failed.

use super::action::Action;
use super::rule_state::RuleState;
use crate::metrics::{Snapshot, StopCause, Threshold, ThresholdResult};
use crate::plan::span::show_span;
use crate::plan::{Label, Plan, Selector, Window};
use crate::text::nearest;

/// Every threshold, and how it stands.
pub struct Thresholds {
    states: Vec<RuleState>,
    /// Whether one of them has ended the run.
    has_stopped: bool,
    /// Whether there was load until the last look.
    had_load: bool,
    allow_missing: bool,
}

impl Thresholds {
    /// Those of a plan.
    pub fn new(plan: &Plan) -> Self {
        let rules = plan.thresholds.iter();
        Self {
            states: rules
                .map(|rule| RuleState::new(rule, &plan.shape))
                .collect(),
            has_stopped: false,
            had_load: false,
            allow_missing: plan.allow_missing,
        }
    }

    /// The states of the rules, in their order.
    pub fn states(&mut self) -> &mut [RuleState] {
        &mut self.states
    }

    pub fn is_empty(&self) -> bool {
        self.states.is_empty()
    }

    /// Looks at what was counted until now; `under_load` says whether users are active and the run is not ending: only then
    /// is there a second to judge.
    pub fn observe(&mut self, snapshot: &Snapshot, under_load: bool) -> Vec<Action> {
        for state in &mut self.states {
            // The second in which the load ends is one, too.
            if under_load || self.had_load || state.rule().window == Window::Run {
                state.observe(snapshot);
            }
        }
        self.had_load = under_load;
        // Before the first request nothing is too slow, nor too seldom.
        let abort = |state: &&RuleState| state.rule().abort && state.has_begun();
        let met = self.states.iter().filter(abort).find_map(|state| {
            let figures = state.met()?;
            Some((state.rule().to_string(), figures.to_owned()))
        });
        let Some((rule, figures)) = met.filter(|_| under_load && !self.has_stopped) else {
            return Vec::new();
        };
        self.has_stopped = true;
        let text = format!("{rule}: {figures}");
        vec![
            Action::error(format!("a threshold ends the run: {text}")),
            Action::Record("threshold", text),
            Action::Stop {
                cause: StopCause::Threshold,
                rule,
                figures,
            },
        ]
    }

    /// How they stand by what was counted until now.
    pub fn status(&self, snapshot: &Snapshot) -> Vec<Threshold> {
        let states = self.states.iter();
        states
            .map(|state| status(state, snapshot, self.allow_missing))
            .collect()
    }
}

fn status(state: &RuleState, snapshot: &Snapshot, allow_missing: bool) -> Threshold {
    let (rule, value, missed) = (state.rule(), state.value(), state.missed_window());
    let result = if state.met().is_some() {
        ThresholdResult::Failed
    } else if value.is_some() && missed.is_none() {
        ThresholdResult::Passed
    } else if state.is_known() {
        ThresholdResult::NoData
    } else {
        ThresholdResult::UnknownName
    };
    let met = match result {
        ThresholdResult::UnknownName => Some(unknown(&rule.selector, snapshot, allow_missing)),
        ThresholdResult::NoData => Some(match missed {
            Some(time) => format!("the run had no {} to look at", show_span(time)),
            None => "nothing was measured".to_owned(),
        }),
        _ => state.met().map(str::to_owned),
    };
    Threshold {
        rule: rule.to_string(),
        result,
        value,
        bound: rule.bound,
        beyond_since_seconds: state.beyond_since().map(|since| since.as_secs_f64()),
        figure: value.map(|value| match state.few() {
            Some(few) => format!("{} ({few})", state.show(value)),
            None => state.show(value),
        }),
        met,
    }
}

/// That nothing has such labels, and which name may have been meant.
fn unknown(selector: &Selector, snapshot: &Snapshot, allow_missing: bool) -> String {
    let totals = &snapshot.totals;
    let near = Label::ALL.into_iter().find_map(|label| {
        let name = selector.get(label)?;
        let known: Vec<&str> = match label {
            Label::Type => snapshot.types().map(|(_, name)| name).collect(),
            Label::Name => {
                let series = totals.series.keys();
                series.map(|series| &*series.operation.name).collect()
            }
            Label::Step => totals.steps.keys().map(|(_, name)| name.as_str()).collect(),
            Label::Journey => {
                let journeys = totals.journeys.keys();
                journeys.map(|(_, name)| name.as_str()).collect()
            }
            Label::Check => totals.checks.keys().map(String::as_str).collect(),
            Label::Metric => totals.custom.keys().map(String::as_str).collect(),
            Label::Stage => Vec::new(),
        };
        nearest(name, known).filter(|near| *near != name)
    });
    let near = near.map_or_else(String::new, |near| format!("; did you mean {near}?"));
    let passes = if allow_missing {
        "allowed by --allow-missing"
    } else {
        "--allow-missing lets it pass"
    };
    format!("nothing of that name was seen{near}; {passes}")
}
