//! What the scripts said: sessions that failed, checks, metrics, errors.

use std::cmp::Reverse;

use super::look::Look;
use super::requests::section;
use crate::metrics::{Custom, CustomValue, Snapshot};
use crate::report::text::table::{Cell, Side, Table};
use crate::report::{Ink, plain};
use crate::view::format::{count, figure, share};

pub(crate) fn failed_sessions(snapshot: &Snapshot, look: Look) -> String {
    let mut reasons: Vec<_> = snapshot.totals.failed_sessions.iter().collect();
    if reasons.is_empty() {
        return String::new();
    }
    reasons.sort_by_key(|(_, sessions)| Reverse(**sessions));
    let mut table = Table::new(&[("count", Side::Right), ("because", Side::Left)]);
    for (reason, sessions) in reasons {
        table.row(vec![count(*sessions).into(), plain::line(reason).into()]);
    }
    section("Failed sessions", &look.table(&table, 1, ""), look)
}

pub(crate) fn checks(snapshot: &Snapshot, look: Look) -> String {
    if snapshot.totals.checks.is_empty() {
        return String::new();
    }
    let columns = [
        ("check", Side::Left),
        ("passed", Side::Right),
        ("failed", Side::Right),
        ("", Side::Right),
    ];
    let mut table = Table::new(&columns);
    for (name, check) in &snapshot.totals.checks {
        let ink = if check.failed > 0 {
            Ink::Bad
        } else {
            Ink::Good
        };
        table.row(vec![
            name.as_str().into(),
            count(check.passed).into(),
            count(check.failed).into(),
            Cell::inked(share(check.passed, check.passed + check.failed), ink),
        ]);
    }
    section("Checks", &look.table(&table, 1, ""), look)
}

pub(crate) fn metrics(snapshot: &Snapshot, look: Look) -> String {
    let mut table = Table::new(&[("metric", Side::Left), ("value", Side::Left)]);
    let mut any = false;
    for custom in snapshot.totals.custom.values() {
        for (labels, value) in &custom.values {
            any = true;
            table.row(vec![
                metric_name(custom, labels).into(),
                metric_value(value).into(),
            ]);
        }
    }
    if !any {
        return String::new();
    }
    section("Metrics of the scripts", &look.table(&table, 1, ""), look)
}

pub(crate) fn errors(snapshot: &Snapshot, look: Look) -> String {
    let mut errors: Vec<_> = snapshot.totals.script_errors.iter().collect();
    if errors.is_empty() {
        return String::new();
    }
    errors.sort_by_key(|error| Reverse(error.count));
    let mut body = String::new();
    for error in errors {
        let place = look.paint.ink(
            Ink::Bad,
            &format!("{}: {}", error.place, plain::line(&error.message)),
        );
        let times = if error.count == 1 { "once" } else { "times" };
        let often = if error.count == 1 {
            times.to_owned()
        } else {
            format!("{} {times}", count(error.count))
        };
        let kind = plain::line(snapshot.type_name(error.kind));
        body += &format!(
            "{place}\n    {often}, type {kind}, version {}\n",
            error.version
        );
        for frame in error.traceback.lines() {
            body += &format!("    {}\n", plain::line(frame));
        }
    }
    section("Script errors", &body, look)
}

fn metric_name(custom: &Custom, values: &[String]) -> String {
    let declaration = &custom.declaration;
    if values.is_empty() {
        return declaration.name.clone();
    }
    let labels = declaration.labels.iter().zip(values);
    let labels: Vec<_> = labels
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    format!("{}{{{}}}", declaration.name, labels.join(", "))
}

fn metric_value(value: &CustomValue) -> String {
    match value {
        CustomValue::Counter(value) | CustomValue::Gauge(value) => figure(*value),
        CustomValue::Histogram { sum, values, .. } => {
            let at = |quantile| figure(value.quantile(quantile).unwrap_or_default());
            let mean = if values.is_empty() {
                0.0
            } else {
                sum / values.count() as f64
            };
            format!(
                "count {}  mean {}  p50 {}  p95 {}  p99 {}  max {}",
                count(values.count()),
                figure(mean),
                at(0.5),
                at(0.95),
                at(0.99),
                at(1.0),
            )
        }
    }
}
