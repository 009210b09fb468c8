//! Thresholds: each that is not met, or that all are.

use super::facts::Facts;
use super::line::{Level, Place, StatusKind, StatusLine};
use super::words::{counted, since};
use crate::metrics::{Threshold, ThresholdResult};
use crate::plan::{Rule, Side, Unit, Window};
use crate::view::format::{figure, per_second, ratio, time};

pub fn lines(of: &Facts<'_>) -> Vec<StatusLine> {
    let mut lines: Vec<_> = of
        .thresholds
        .iter()
        .filter_map(|one| threshold(of, one))
        .collect();
    if lines.is_empty() {
        lines.extend(passing(of));
    }
    lines
}

/// What is wrong with a threshold, if anything.
fn threshold(of: &Facts<'_>, one: &Threshold) -> Option<StatusLine> {
    let critical = |text| StatusLine::critical(StatusKind::Threshold, Place::Overview, text);
    match one.result {
        ThresholdResult::Passed => None,
        ThresholdResult::Failed => {
            let began = one.beyond_since_seconds.filter(|_| !of.is_over());
            let line = critical(failed(of, one, began));
            Some(match began {
                Some(began) => line.since(began),
                None => line,
            })
        }
        // While it goes on, there may be something to measure yet.
        ThresholdResult::NoData | ThresholdResult::UnknownName if !of.is_over() => None,
        ThresholdResult::NoData | ThresholdResult::UnknownName => {
            let why = one.met.as_deref().unwrap_or("nothing was measured");
            Some(critical(format!(
                "Threshold {} not judged: {why}",
                one.rule
            )))
        }
    }
}

/// `p95 412 ms over 300 ms for 20 s`
fn failed(of: &Facts<'_>, one: &Threshold, began: Option<f64>) -> String {
    let met = one.met.as_deref().unwrap_or_default();
    let (Ok(rule), Some(figure)) = (one.rule.parse::<Rule>(), &one.figure) else {
        return format!("Threshold {} failed: {met}", one.rule);
    };
    let subject = format!("{}{}", rule.measure, rule.selector);
    let side = match rule.side {
        Side::Above => "over",
        Side::Below => "under",
    };
    let bound = shown(rule.unit(), one.bound);
    match (began, rule.window) {
        (Some(began), _) => {
            let lasts = since(began, of.now());
            format!("{subject} {figure} {side} {bound} for {lasts}")
        }
        // The figures are those of the whole run.
        (None, Window::Run) => {
            let counted = met.strip_prefix(figure.as_str()).unwrap_or_default();
            format!("{subject} {figure} {side} {bound}{counted}")
        }
        (None, _) => format!("{subject} was {met}, {side} {bound}"),
    }
}

fn shown(unit: Unit, value: f64) -> String {
    match unit {
        Unit::Share => {
            let share = ratio(Some(value));
            share.replace(".0 %", " %")
        }
        Unit::Time => time(value).replace(".00 ", " ").replace(".0 ", " "),
        Unit::Rate => per_second(Some(value))
            .replace(".00/", "/")
            .replace(".0/", "/"),
        Unit::Value => figure(value),
    }
}

/// That those which have something to judge pass.
fn passing(of: &Facts<'_>) -> Option<StatusLine> {
    let all = of.thresholds.len();
    let passed = of.thresholds.iter();
    let passed = passed.filter(|one| one.result == ThresholdResult::Passed);
    let line = |level, text: String| {
        StatusLine::new(level, StatusKind::ThresholdsPass, Place::Overview, text)
    };
    match (passed.count(), of.thresholds) {
        (_, []) | (0, _) => None,
        (1, [one]) => {
            let figure = one.figure.as_deref().unwrap_or_default();
            let text = format!("The threshold passes: {figure}, {}", one.rule);
            Some(line(Level::Ok, limit(one).unwrap_or(text)))
        }
        (passed, _) if passed == all => Some(line(Level::Ok, format!("All {all} thresholds pass"))),
        (passed, _) => {
            let others = counted((all - passed) as u64, "has", "have");
            let text = format!("{passed} of {all} thresholds pass, {others} no data yet");
            Some(line(Level::Ok, text))
        }
    }
}

/// `The threshold passes: p95 212 ms, limit 300 ms`
fn limit(one: &Threshold) -> Option<String> {
    let rule = one.rule.parse::<Rule>().ok()?;
    let limit = match rule.side {
        Side::Above => "at most",
        Side::Below => "at least",
    };
    let bound = shown(rule.unit(), one.bound);
    let figure = one.figure.as_deref()?;
    Some(format!(
        "The threshold passes: {}{} {figure}, {limit} {bound} allowed",
        rule.measure, rule.selector
    ))
}
