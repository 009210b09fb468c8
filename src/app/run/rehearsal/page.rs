//! A dry run as text.

use std::fmt::Write;
use std::time::SystemTime;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::figures::{Figures, Kind};
use crate::metrics::Histogram;
use crate::plan::span::show_span;
use crate::report::text::summary::{self, Look};
use crate::report::text::table::{Cell, Side, Table};
use crate::text;
use crate::view::{RunView, format};

/// What happened, answered by this, from that moment on.
pub fn text(figures: &Figures, last: &RunView, answered: &str, begin: SystemTime) -> String {
    let mut page = String::new();
    let at = OffsetDateTime::from(begin);
    let at = at.format(&Rfc3339).unwrap_or_default();
    let whole = std::time::Duration::from_secs(figures.length.as_secs());
    let _ = writeln!(
        page,
        "{} of virtual time from {at}, answered by {}: {} requests, {} sessions",
        show_span(whole),
        text::line(answered),
        format::count(figures.outcomes.total()),
        format::count(figures.sessions),
    );
    if let Some(why) = &figures.stopped {
        let _ = writeln!(page, "it stopped itself: {}", text::line(why));
    }
    section(&mut page, "Over time", &over_time(figures));
    section(&mut page, "Sessions by type", &kinds(figures));
    section(&mut page, "By endpoint", &endpoints(figures));
    if !figures.errors.is_empty() {
        page.push_str("\nScript errors\n");
        for error in &figures.errors {
            let line = format!(
                "{} x{} {}: {}",
                error.kind, error.count, error.place, error.message
            );
            let _ = writeln!(page, "{}", text::line(&line));
        }
    }
    if last.coverage.is_some() {
        page.push('\n');
        page.push_str(&summary::coverage(last.coverage.as_ref(), Look::default()));
    }
    page.push_str("\nno byte left the process (--dry-run)\n");
    page
}

fn section(page: &mut String, title: &str, table: &Table) {
    let _ = write!(page, "\n{title}\n{}", table.plain());
    if !page.ends_with('\n') {
        page.push('\n');
    }
}

fn over_time(figures: &Figures) -> Table {
    let mut table = Table::new(&[
        ("until", Side::Left),
        ("users", Side::Right),
        ("sessions/s", Side::Right),
        ("requests/s", Side::Right),
        ("failed", Side::Right),
    ]);
    for part in &figures.parts {
        let until = std::time::Duration::from_secs(part.until.as_secs_f64().round() as u64);
        table.row(vec![
            show_span(until).into(),
            format::figure(part.users).into(),
            format::rate(part.sessions_per_second).into(),
            format::rate(part.requests_per_second).into(),
            format::ratio(part.failed).into(),
        ]);
    }
    table
}

fn kinds(figures: &Figures) -> Table {
    let mut table = Table::new(&[
        ("type", Side::Left),
        ("sessions", Side::Right),
        ("length p50", Side::Right),
        ("p95", Side::Right),
        ("max", Side::Right),
        ("requests mean", Side::Right),
        ("p95", Side::Right),
        ("think mean", Side::Right),
        ("p50", Side::Right),
        ("p95", Side::Right),
    ]);
    for Kind {
        name,
        sessions,
        observed,
        ..
    } in &figures.kinds
    {
        let times = |histogram: &Histogram, value: u64| -> Cell {
            match histogram.is_empty() {
                true => "-".into(),
                false => format::time(value as f64 / 1e6).into(),
            }
        };
        let (lengths, requests, pauses) = (&observed.lengths, &observed.requests, &observed.pauses);
        table.row(vec![
            name.as_str().into(),
            format::count(*sessions).into(),
            times(lengths, lengths.quantile(0.5)),
            times(lengths, lengths.quantile(0.95)),
            times(lengths, lengths.max()),
            match requests.is_empty() {
                true => "-".into(),
                false => format::figure(requests.sum() as f64 / requests.count() as f64).into(),
            },
            match requests.is_empty() {
                true => "-".into(),
                false => format::count(requests.quantile(0.95)).into(),
            },
            times(
                pauses,
                (pauses.sum() as f64 / pauses.count().max(1) as f64) as u64,
            ),
            times(pauses, pauses.quantile(0.5)),
            times(pauses, pauses.quantile(0.95)),
        ]);
    }
    table
}

fn endpoints(figures: &Figures) -> Table {
    let mut table = Table::new(&[
        ("method", Side::Left),
        ("name", Side::Left),
        ("requests", Side::Right),
        ("share", Side::Right),
        ("ok", Side::Right),
        ("expected", Side::Right),
        ("failed", Side::Right),
        ("p50", Side::Right),
        ("p95", Side::Right),
    ]);
    let all = figures.outcomes.total();
    for endpoint in &figures.endpoints {
        let outcomes = &endpoint.outcomes;
        let share = |part: u64| format::share(part, endpoint.requests);
        table.row(vec![
            endpoint.method.as_str().into(),
            endpoint.name.as_str().into(),
            format::count(endpoint.requests).into(),
            format::share(endpoint.requests, all).into(),
            share(outcomes.ok).into(),
            share(outcomes.expected).into(),
            share(outcomes.unexpected + outcomes.error).into(),
            format::time(endpoint.p50).into(),
            format::time(endpoint.p95).into(),
        ]);
    }
    table
}
