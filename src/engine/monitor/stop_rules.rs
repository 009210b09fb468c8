//! Watches, second by second, whether a rule of the safety valve is met.

use std::time::Duration;

use tokio::time::Instant;

use crate::engine::run::state::Course;
use crate::metrics::{Rate, Snapshot, StopCause, StopReason};
use crate::plan::{Measure, Rule};

/// Ticks come a little late, each by another bit, so that sixty of them may be a bit less than a minute.
const SLACK: Duration = Duration::from_millis(200);

/// The rules of a run, and how long each has been met.
#[derive(Default)]
pub struct Valve {
    watches: Vec<Watch>,
    before: Told,
}

/// One rule, and the seconds in a row in which the measure was beyond its bound.
struct Watch {
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
struct Told {
    steps: Rate,
    checks: Rate,
}

impl Valve {
    pub fn new(rules: &[Rule]) -> Self {
        let watch = |rule: &Rule| Watch {
            rule: *rule,
            streak: None,
        };
        Self {
            watches: rules.iter().map(watch).collect(),
            before: Told::default(),
        }
    }

    /// Looks at the last second; gives the first rule that is met, with the figures.
    pub fn look(&mut self, snapshot: &Snapshot) -> Option<(Rule, String)> {
        let seconds = snapshot.interval.seconds;
        let mut met = None;
        if !snapshot.interval.is_whole() {
            // A part of a second is no second in which a measure was within its bound.
            for streak in self
                .watches
                .iter_mut()
                .filter_map(|watch| watch.streak.as_mut())
            {
                streak.time += Duration::from_secs_f64(seconds.max(0.0));
            }
            return None;
        }
        let now = Told::of(snapshot);
        let told = now.since(self.before);
        self.before = now;
        for watch in &mut self.watches {
            let Some((value, count)) = measure(watch.rule.measure, snapshot, told) else {
                // A circuit breaker holds the crowd back because it was so, and nothing has shown that it is not.
                if let (Some(streak), true) = (&mut watch.streak, snapshot.guard.holds_off()) {
                    streak.time += Duration::from_secs_f64(seconds.max(0.0));
                    if met.is_none() {
                        met = watch.met();
                    }
                }
                continue;
            };
            if !watch.rule.is_beyond(value) {
                watch.streak = None;
                continue;
            }
            let streak = watch.streak.get_or_insert(Streak {
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
                met = watch.met();
            }
        }
        met
    }
}

impl Watch {
    /// The rule and the figures, once it was so for as long as the rule says.
    fn met(&self) -> Option<(Rule, String)> {
        let streak = self.streak.as_ref()?;
        let met = streak.time + SLACK >= self.rule.time;
        met.then(|| (self.rule, streak.figures(self.rule.measure)))
    }
}

impl Streak {
    /// `91.3% to 100% for 60 s (4210 requests)`
    fn figures(&self, measure: Measure) -> String {
        let show = |value| measure.unit().show_measured(value);
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
        format!("{range} for {seconds} s ({} {what})", self.count)
    }
}

/// The measure in the last second, and of how many; none when there was nothing to measure.
fn measure(measure: Measure, snapshot: &Snapshot, told: Told) -> Option<(f64, u64)> {
    let interval = &snapshot.interval;
    let outcomes = interval.outcomes();
    // What throng cut itself says nothing of the target.
    let of = outcomes.total() - outcomes.cut;
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
        Measure::ScriptErrors => Some((told.steps.share()?, told.steps.of)),
        Measure::FailedChecks => Some((told.checks.share()?, told.checks.of)),
    }
}

impl Told {
    fn of(snapshot: &Snapshot) -> Self {
        let mut told = Self::default();
        let types = snapshot.totals.types.values();
        for one in types.flat_map(|totals| totals.versions.values()) {
            told.steps.hits += one.script_errors;
            told.steps.of += one.steps;
        }
        for check in snapshot.totals.checks.values() {
            told.checks.hits += check.failed;
            told.checks.of += check.failed + check.passed;
        }
        told
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

impl Course {
    /// Ends the run, as the first signal would, when a rule of its valve is met.
    pub(crate) fn watch_valve(&mut self, snapshot: &Snapshot) {
        // Before the first user and after the last there is no crowd to be held back.
        if self.is_stopping() || self.open == 0 {
            return;
        }
        let Some((rule, figures)) = self.valve.look(snapshot) else {
            return;
        };
        let (rule, text) = (rule.to_string(), format!("{rule}: {figures}"));
        tracing::error!(
            "the safety valve ends the run: {text}; --stop-if sets other rules, --no-valve none"
        );
        self.remember("valve", &text);
        self.aggregator.stopped_by(StopReason {
            cause: StopCause::Valve,
            at: self.elapsed(),
            rule,
            figures,
        });
        self.signalled.get_or_insert_with(Instant::now);
        self.drain();
    }
}
