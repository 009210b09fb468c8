//! What a rule's subject counted: the figure that a rule compares with its bound.

use serde::{Deserialize, Serialize};

use crate::metrics::{CustomValue, Histogram, Outcomes, Snapshot, StepTotals, Totals};
use crate::plan::{Label, Measure, Rule, Selector, Subject};

/// The counts of a rule's subject since the run began, or since another moment.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Tally {
    /// Those that the measure counts.
    hits: u64,
    /// Those that were measured.
    of: u64,
    /// Their times in microseconds, or a metric's values in millionths.
    times: Option<Histogram>,
    /// The value of a metric.
    value: Option<Value>,
    /// The time in which they were counted.
    seconds: f64,
    /// Whether there is such a thing at all: a step of that name, a request of that type.
    pub is_known: bool,
}

/// The value of a script's metric.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
enum Value {
    /// Adds up.
    Sum(f64),
    /// The last one.
    Last(f64),
}

/// Histograms count millionths: of a second, or of a metric's unit.
const MILLIONTHS: f64 = 1e6;

impl Tally {
    /// What a rule's subject counted until a snapshot, without its warm-up.
    pub fn of(rule: &Rule, snapshot: &Snapshot) -> Self {
        let (totals, since) = match &snapshot.measured {
            Some(measured) => (&measured.totals, measured.since.unwrap_or(snapshot.elapsed)),
            None => (&snapshot.totals, std::time::Duration::ZERO),
        };
        let selector = &rule.selector;
        let mut tally = match selector.subject() {
            Subject::Run => of_run(rule.measure, snapshot, totals),
            Subject::Requests => of_requests(rule.measure, selector, snapshot, totals),
            Subject::Steps | Subject::Journeys => {
                of_steps(rule.measure, selector, snapshot, totals)
            }
            Subject::Check => of_check(selector, totals),
            Subject::Metric => of_metric(selector, totals),
        };
        tally.seconds = snapshot.elapsed.saturating_sub(since).as_secs_f64();
        tally
    }

    /// What was counted after another moment.
    pub fn since(&self, before: &Self) -> Self {
        let times = match (&self.times, &before.times) {
            (Some(now), Some(before)) => Some(now.since(before)),
            (now, _) => now.clone(),
        };
        let value = match (self.value, before.value) {
            (Some(Value::Sum(now)), Some(Value::Sum(before))) => Some(Value::Sum(now - before)),
            (now, _) => now,
        };
        let hits = self.hits.saturating_sub(before.hits);
        Self {
            hits,
            // An `on_start` that raises an error is no step, and yet all that its user did.
            of: self.of.saturating_sub(before.of).max(hits),
            times,
            value,
            seconds: self.seconds - before.seconds,
            is_known: self.is_known,
        }
    }

    /// The measure; none where there was nothing to measure.
    pub fn value(&self, measure: Measure) -> Option<f64> {
        let times = || self.times.as_ref().filter(|times| !times.is_empty());
        match measure {
            Measure::Failed
            | Measure::Errors
            | Measure::Unexpected
            | Measure::ScriptErrors
            | Measure::FailedChecks
            | Measure::Passed => (self.of > 0).then(|| self.hits as f64 / self.of as f64),
            Measure::Quantile(parts) => {
                Some(times()?.quantile(f64::from(parts) / 1e4) as f64 / MILLIONTHS)
            }
            Measure::Mean => Some(times()?.mean() / MILLIONTHS),
            Measure::Max => Some(times()?.max() as f64 / MILLIONTHS),
            // No request in some time is a rate, too.
            Measure::Rate => (self.seconds > 0.0).then(|| self.of as f64 / self.seconds),
            Measure::Value => self.value.map(|value| match value {
                Value::Sum(value) | Value::Last(value) => value,
            }),
        }
    }

    /// How many times were measured, which a quantile is of.
    pub fn timed(&self) -> u64 {
        self.times.as_ref().map_or(0, Histogram::count)
    }

    /// How many were measured.
    pub fn count(&self) -> u64 {
        self.of
    }

    fn add_outcomes(&mut self, measure: Measure, outcomes: &Outcomes) {
        self.hits += match measure {
            Measure::Failed => outcomes.failed(),
            Measure::Errors => outcomes.error,
            Measure::Unexpected => outcomes.unexpected,
            _ => 0,
        };
        self.of += outcomes.total();
        if measure != Measure::Rate {
            // What throng cancelled says nothing of the target.
            self.of -= outcomes.cancelled;
        }
    }

    fn add_times(&mut self, measure: Measure, times: &Histogram) {
        if matches!(measure, Measure::Quantile(_) | Measure::Mean | Measure::Max) {
            self.times.get_or_insert_with(Histogram::fine).add(times);
        }
    }

    fn add_steps(&mut self, measure: Measure, totals: &StepTotals) {
        let results = totals.results;
        self.hits += match measure {
            Measure::Failed => results.failed + results.error,
            Measure::Errors => results.error,
            _ => 0,
        };
        self.of += results.ok + results.failed + results.error;
        self.add_times(measure, &totals.duration);
        self.is_known = true;
    }
}

/// What users did: setup, teardown and clean-up are no part of the load.
fn of_run(measure: Measure, snapshot: &Snapshot, totals: &Totals) -> Tally {
    let of_users = |kind| !snapshot.type_name(kind).starts_with('_');
    let mut tally = Tally {
        is_known: true,
        ..Tally::default()
    };
    match measure {
        Measure::ScriptErrors => {
            let types = totals.types.values();
            for one in types.flat_map(|totals| totals.versions.values()) {
                tally.hits += one.script_errors;
                tally.of += one.steps;
            }
            tally.of = tally.of.max(tally.hits);
        }
        Measure::FailedChecks => {
            for check in totals.checks.values() {
                tally.hits += check.failed;
                tally.of += check.failed + check.passed;
            }
        }
        _ => {
            for (series, totals) in &totals.series {
                if of_users(series.kind) {
                    tally.add_outcomes(measure, &totals.outcomes());
                }
            }
            for (kind, of_type) in &totals.types {
                if of_users(*kind) {
                    tally.add_times(measure, &of_type.service);
                }
            }
        }
    }
    tally
}

fn of_requests(
    measure: Measure,
    selector: &Selector,
    snapshot: &Snapshot,
    totals: &Totals,
) -> Tally {
    let mut tally = Tally::default();
    let (kind, name) = (selector.get(Label::Type), selector.get(Label::Name));
    for (series, totals) in &totals.series {
        let fits = kind.is_none_or(|kind| kind == snapshot.type_name(series.kind))
            && name.is_none_or(|name| name == &*series.operation.name);
        if fits {
            tally.is_known = true;
            tally.add_outcomes(measure, &totals.outcomes());
            if name.is_some() {
                tally.add_times(measure, &totals.service);
            }
        }
    }
    if name.is_none() {
        // Those of a type are finer than those of its series.
        for (of, totals) in &totals.types {
            if kind == Some(snapshot.type_name(*of)) {
                tally.is_known = true;
                tally.add_times(measure, &totals.service);
            }
        }
    }
    tally
}

fn of_steps(measure: Measure, selector: &Selector, snapshot: &Snapshot, totals: &Totals) -> Tally {
    let mut tally = Tally::default();
    let kind = selector.get(Label::Type);
    let is_of = |of| kind.is_none_or(|kind| kind == snapshot.type_name(of));
    if let Some(step) = selector.get(Label::Step) {
        let steps = totals.steps.iter();
        for (_, totals) in steps.filter(|((of, name), _)| is_of(*of) && name == step) {
            tally.add_steps(measure, totals);
        }
    }
    if let Some(journey) = selector.get(Label::Journey) {
        let journeys = totals.journeys.iter();
        for (_, totals) in journeys.filter(|((of, name), _)| is_of(*of) && name == journey) {
            tally.add_steps(measure, &totals.ended);
        }
    }
    tally
}

fn of_check(selector: &Selector, totals: &Totals) -> Tally {
    let check = selector
        .get(Label::Check)
        .and_then(|name| totals.checks.get(name));
    check.map_or_else(Tally::default, |check| Tally {
        hits: check.passed,
        of: check.passed + check.failed,
        is_known: true,
        ..Tally::default()
    })
}

/// Over all labels of the metric: a counter's sum, a gauge's largest value, a histogram's values.
fn of_metric(selector: &Selector, totals: &Totals) -> Tally {
    let mut tally = Tally::default();
    let custom = selector
        .get(Label::Metric)
        .and_then(|name| totals.custom.get(name));
    let Some(custom) = custom else {
        return tally;
    };
    tally.is_known = true;
    for value in custom.values.values() {
        match value {
            CustomValue::Counter(more) => {
                let sum = match tally.value {
                    Some(Value::Sum(sum)) => sum,
                    _ => 0.0,
                };
                tally.value = Some(Value::Sum(sum + more));
            }
            CustomValue::Gauge(level) => {
                let most = match tally.value {
                    Some(Value::Last(most)) => most.max(*level),
                    _ => *level,
                };
                tally.value = Some(Value::Last(most));
            }
            CustomValue::Histogram { values, .. } => {
                tally.of += values.count();
                tally
                    .times
                    .get_or_insert_with(Histogram::coarse)
                    .add(values);
            }
        }
    }
    tally
}
