//! The stop rules of the safety valve (`--stop-if`): judges second by second whether one is met.

use std::time::Duration;

use super::action::{Action, Monitor};
use crate::metrics::{Rate, Snapshot, StopCause};
use crate::plan::{Measure, Rule, Unit};
use crate::view::format::{count, per_second, ratio, time};

/// Ticks come a little late, each by another bit, so that sixty of them may be a bit less than a minute.
const SLACK: Duration = Duration::from_millis(200);

/// The rules of a run, and how long each has been met.
#[derive(Default)]
pub struct StopRules {
    rules: Vec<RuleState>,
    before: Counts,
}

/// One rule, and the seconds in a row in which the measure was beyond its bound.
struct RuleState {
    rule: Rule,
    streak: Option<Streak>,
}

/// Seconds in a row in which a measure was beyond its bound. Seconds in which there was nothing to measure are left out:
/// they neither end it nor are part of it.
#[derive(Clone, Copy)]
struct Streak {
    time: Duration,
    least: f64,
    most: f64,
    /// What was measured: requests, steps or checks.
    count: u64,
}

/// Counts of which a snapshot knows the sums only.
#[derive(Clone, Copy, Default)]
struct Counts {
    steps: Rate,
    checks: Rate,
}

impl StopRules {
    pub fn new(rules: &[Rule]) -> Self {
        let state = |rule: &Rule| RuleState {
            rule: *rule,
            streak: None,
        };
        Self {
            rules: rules.iter().map(state).collect(),
            before: Counts::default(),
        }
    }

    /// Looks at the last second; gives the first rule that is met, with the figures.
    pub fn first_met(&mut self, snapshot: &Snapshot) -> Option<(Rule, String)> {
        let seconds = snapshot.interval.seconds;
        let mut met = None;
        if !snapshot.interval.is_whole() {
            // A part of a second is no second in which a measure was within its bound.
            for streak in self
                .rules
                .iter_mut()
                .filter_map(|rule| rule.streak.as_mut())
            {
                streak.time += Duration::from_secs_f64(seconds.max(0.0));
            }
            return None;
        }
        let now = Counts::of(snapshot);
        let counts = now.since(self.before);
        self.before = now;
        if snapshot.is_warming_up() {
            return None;
        }
        for rule in &mut self.rules {
            let Some((value, count)) = measure(rule.rule.measure, snapshot, counts) else {
                // A circuit breaker holds the crowd back because it was so, and nothing has shown that it is not.
                if let (Some(streak), true) = (&mut rule.streak, snapshot.guard.holds_off()) {
                    streak.time += Duration::from_secs_f64(seconds.max(0.0));
                    if met.is_none() {
                        met = rule.met();
                    }
                }
                continue;
            };
            if !rule.rule.is_beyond(value) {
                rule.streak = None;
                continue;
            }
            let streak = rule.streak.get_or_insert(Streak {
                time: Duration::ZERO,
                least: value,
                most: value,
                count: 0,
            });
            streak.time += Duration::from_secs_f64(seconds.max(0.0));
            streak.least = streak.least.min(value);
            streak.most = streak.most.max(value);
            streak.count += count;
            if met.is_none() {
                met = rule.met();
            }
        }
        met
    }
}

impl RuleState {
    /// The rule and the figures, once it was so for as long as the rule says.
    fn met(&self) -> Option<(Rule, String)> {
        let streak = self.streak.as_ref()?;
        let met = streak.time + SLACK >= self.rule.time;
        met.then(|| (self.rule, streak.figures(self.rule.measure)))
    }
}

impl Streak {
    /// `91.3 % to 100 % for 60 s (4,210 requests)`
    fn figures(&self, measure: Measure) -> String {
        let show = |value| match measure.unit() {
            Unit::Share => ratio(Some(value)),
            Unit::Time => time(value),
            Unit::Rate => per_second(Some(value)),
        };
        let (least, most) = (show(self.least), show(self.most));
        let range = if least == most {
            least
        } else {
            format!("{least} to {most}")
        };
        let what = match measure {
            Measure::ScriptErrors => "steps",
            Measure::FailedChecks => "checks",
            _ => "requests",
        };
        let seconds = self.time.as_secs_f64().round();
        format!("{range} for {seconds} s ({} {what})", count(self.count))
    }
}

/// The measure in the last second, and of how many; none when there was nothing to measure.
fn measure(measure: Measure, snapshot: &Snapshot, counts: Counts) -> Option<(f64, u64)> {
    let interval = &snapshot.interval;
    let outcomes = interval.outcomes();
    // What throng cut itself says nothing of the target.
    let of = outcomes.total() - outcomes.cancelled;
    let share = |hits| Some((Rate { hits, of }.share()?, of));
    let time = |quantile| {
        let times = interval.service();
        (!times.is_empty()).then(|| (times.quantile(quantile) as f64 / 1e6, times.count()))
    };
    match measure {
        Measure::Failed => share(outcomes.failed()),
        Measure::Errors => share(outcomes.error),
        Measure::Unexpected => share(outcomes.unexpected),
        Measure::P50 => time(0.5),
        Measure::P90 => time(0.9),
        Measure::P95 => time(0.95),
        Measure::P99 => time(0.99),
        // Here a second without requests is a figure too; in a pause there is no second.
        Measure::Rate => Some((interval.rate()?, outcomes.total())),
        Measure::ScriptErrors => Some((counts.steps.share()?, counts.steps.of)),
        Measure::FailedChecks => Some((counts.checks.share()?, counts.checks.of)),
    }
}

impl Counts {
    fn of(snapshot: &Snapshot) -> Self {
        let mut counts = Self::default();
        let types = snapshot.totals.types.values();
        for one in types.flat_map(|totals| totals.versions.values()) {
            counts.steps.hits += one.script_errors;
            counts.steps.of += one.steps;
        }
        for check in snapshot.totals.checks.values() {
            counts.checks.hits += check.failed;
            counts.checks.of += check.failed + check.passed;
        }
        counts
    }

    fn since(self, before: Self) -> Self {
        let less = |now: Rate, before: Rate| {
            let hits = now.hits.saturating_sub(before.hits);
            // An `on_start` that raises an error is no step, and yet all that its user did.
            let of = now.of.saturating_sub(before.of).max(hits);
            Rate { hits, of }
        };
        Self {
            steps: less(self.steps, before.steps),
            checks: less(self.checks, before.checks),
        }
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
