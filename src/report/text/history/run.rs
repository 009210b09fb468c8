use std::collections::BTreeMap;

use super::list::moment;
use crate::history::{Figures, Label, RecordedRun, State};
use crate::report::text::summary::Look;
use crate::report::text::table::{Side, Table};
use crate::text;
use crate::view::format;

/// A run that has no summary, since it said no end: what it had counted when it was last written.
pub fn run(run: &RecordedRun, look: Look) -> String {
    let (start, figures) = (&run.record.start, &run.record.figures);
    let state = match run.record.state {
        State::Running => "goes on; these are its figures so far".to_owned(),
        State::Killed => format!(
            "was killed: it said no end; these are its figures after {}",
            format::span(figures.seconds)
        ),
        State::Ended => "has no summary".to_owned(),
    };
    let head = format!(
        "run {} of {} against {}, began {} UTC, {state}\n{} requests  {}/s  {} failed  p95 {}\n\n",
        start.id,
        start.crowd,
        start.target,
        moment(start.started_ms),
        format::count(figures.requests),
        format::rate(figures.requests_per_second),
        format::ratio(figures.failure_rate),
        format::measured(figures.p95_seconds),
    );
    let head: String = head
        .lines()
        .map(|line| format!("{}\n", text::line(line)))
        .collect();
    let mut sums = BTreeMap::<&Label, Figures>::new();
    for block in &run.blocks {
        for (number, figures) in &block.figures {
            if let Some(label) = run.labels.get(*number as usize) {
                sums.entry(label).or_default().add(figures);
            }
        }
    }
    let seconds: f64 = run.blocks.iter().map(|block| block.run_seconds).sum();
    let mut table = Table::new(&[
        ("kind", Side::Left),
        ("type", Side::Left),
        ("name", Side::Left),
        ("count", Side::Right),
        ("per second", Side::Right),
        ("failed", Side::Right),
        ("p50", Side::Right),
        ("p95", Side::Right),
        ("p99", Side::Right),
    ]);
    for (label, figures) in sums {
        let at = |share| format::measured(figures.times.quantile(share));
        let rate = (seconds > 0.0).then(|| figures.total() as f64 / seconds);
        table.row(vec![
            label.kind.as_str().into(),
            label.user_type.as_str().into(),
            format!("{} {}", label.method, label.name).trim().into(),
            format::count(figures.total()).into(),
            rate.map_or_else(|| format::NOTHING.to_owned(), format::rate)
                .into(),
            format::share(figures.failed(), figures.total()).into(),
            at(0.5).into(),
            at(0.95).into(),
            at(0.99).into(),
        ]);
    }
    head + &table.render(look.width, look.whole, 3, "count", look.paint)
}
