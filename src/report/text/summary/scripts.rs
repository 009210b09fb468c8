//! What the scripts said: sessions that failed, checks, metrics, errors.

use std::cmp::Reverse;

use super::look::Look;
use super::requests::section;
use crate::report::text::table::{Cell, Side, Table};
use crate::report::text::{Ink, plain};
use crate::view::format::{NOTHING, count, figure, share};
use crate::view::{Check, Figures, Metric, MetricValue, ScriptError, Sessions};

pub(crate) fn failed_sessions(sessions: &Sessions, look: Look) -> String {
    let mut reasons: Vec<_> = sessions.failures.iter().flatten().collect();
    if reasons.is_empty() {
        return String::new();
    }
    reasons.sort_by_key(|one| Reverse(one.count));
    let mut table = Table::new(&[("count", Side::Right), ("because", Side::Left)]);
    for one in reasons {
        table.row(vec![
            count(one.count).into(),
            plain::line(&one.reason).into(),
        ]);
    }
    table.keep_whole("because");
    section("Failed sessions", &look.table(&table, 1, ""), look)
}

pub(crate) fn checks(checks: &[Check], look: Look) -> String {
    if checks.is_empty() {
        return String::new();
    }
    let columns = [
        ("check", Side::Left),
        ("passed", Side::Right),
        ("failed", Side::Right),
        ("", Side::Right),
    ];
    let mut table = Table::new(&columns);
    for check in checks {
        let ink = if check.failed > 0 {
            Ink::Bad
        } else {
            Ink::Good
        };
        table.row(vec![
            check.name.as_str().into(),
            count(check.passed).into(),
            count(check.failed).into(),
            Cell::inked(share(check.passed, check.passed + check.failed), ink),
        ]);
    }
    section("Checks", &look.table(&table, 1, ""), look)
}

pub(crate) fn metrics(metrics: &[Metric], look: Look) -> String {
    let mut table = Table::new(&[("metric", Side::Left), ("value", Side::Left)]);
    let mut any = false;
    for metric in metrics {
        for value in &metric.values {
            any = true;
            table.row(vec![
                metric_name(metric, value).into(),
                metric_value(&value.figures).into(),
            ]);
        }
    }
    if !any {
        return String::new();
    }
    section("Metrics of the scripts", &look.table(&table, 1, ""), look)
}

pub(crate) fn errors(errors: &[ScriptError], look: Look) -> String {
    let mut errors: Vec<_> = errors.iter().collect();
    if errors.is_empty() {
        return String::new();
    }
    errors.sort_by_key(|error| Reverse(error.count));
    let mut body = String::new();
    for error in errors {
        let words = format!("{}: {}", error.place, plain::line(&error.message));
        let (first, rest) = look.folded(&words);
        let place = look.paint.ink(Ink::Bad, &first) + &look.below(&rest, Some(Ink::Bad));
        let times = if error.count == 1 { "once" } else { "times" };
        let often = if error.count == 1 {
            times.to_owned()
        } else {
            format!("{} {times}", count(error.count))
        };
        let kind = plain::line(&error.kind);
        body += &format!(
            "{place}\n    {often}, type {kind}, version {}\n",
            error.version
        );
        for frame in error.traceback.lines() {
            let (first, rest) = look.folded(&plain::line(frame));
            body += &format!("    {first}{}\n", look.below(&rest, None));
        }
    }
    section("Script errors", &body, look)
}

fn metric_name(metric: &Metric, value: &MetricValue) -> String {
    if value.labels.is_empty() {
        return metric.name.clone();
    }
    let labels = value.labels.iter();
    let labels: Vec<_> = labels
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    format!("{}{{{}}}", metric.name, labels.join(", "))
}

fn metric_value(figures: &Figures) -> String {
    match figures {
        Figures::Single { value } => figure(*value),
        Figures::Histogram {
            count: values,
            sum,
            p50,
            p95,
            p99,
            max,
            ..
        } => {
            let shown = |one: Option<f64>| one.map_or_else(|| NOTHING.to_owned(), figure);
            let mean = (*values > 0).then(|| sum / *values as f64);
            format!(
                "count {}  mean {}  p50 {}  p95 {}  p99 {}  max {}",
                count(*values),
                shown(mean),
                shown(*p50),
                shown(*p95),
                shown(*p99),
                shown(*max),
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_histogram_without_values_has_no_times() {
        let figures = |count, one: Option<f64>| Figures::Histogram {
            count,
            sum: 6.0,
            p50: one,
            p90: one,
            p95: one,
            p99: one,
            max: one,
            buckets: Vec::new(),
        };
        assert_eq!(
            metric_value(&figures(0, None)),
            "count 0  mean -  p50 -  p95 -  p99 -  max -"
        );
        assert_eq!(
            metric_value(&figures(3, Some(2.0))),
            "count 3  mean 2  p50 2  p95 2  p99 2  max 2"
        );
    }
}
