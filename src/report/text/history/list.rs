use time::OffsetDateTime;
use time::macros::format_description;

use crate::history::{Record, State};
use crate::report::text::Ink;
use crate::report::text::summary::Look;
use crate::report::text::table::{Cell, NOTHING, Side, Table};
use crate::view::format;

/// The runs, a line each.
pub fn list(runs: &[Record], look: Look) -> String {
    let mut table = Table::new(&[
        ("run", Side::Left),
        ("began (UTC)", Side::Left),
        ("target", Side::Left),
        ("crowd", Side::Left),
        ("lasted", Side::Right),
        ("requests/s", Side::Right),
        ("failed", Side::Right),
        ("p95", Side::Right),
        ("generator", Side::Left),
        ("exit", Side::Right),
        ("note", Side::Left),
    ]);
    for run in runs {
        let (start, figures) = (&run.start, &run.figures);
        let ending = run.ending.as_ref();
        let verdict = ending.and_then(|ending| ending.verdict.clone());
        table.row(vec![
            start.id.as_str().into(),
            moment(start.started_ms).into(),
            start.target.as_str().into(),
            start.crowd.as_str().into(),
            format::span(figures.seconds).into(),
            format::rate(figures.requests_per_second).into(),
            format::ratio(figures.failure_rate).into(),
            format::measured(figures.p95_seconds).into(),
            verdict.unwrap_or_else(|| NOTHING.to_owned()).into(),
            exit(run),
            start
                .note
                .clone()
                .unwrap_or_else(|| NOTHING.to_owned())
                .into(),
        ]);
    }
    table.drop_idle("generator");
    table.drop_idle("note");
    table.render(look.width, look.whole, 1, "generator", look.paint)
}

/// The exit code, or why there is none.
fn exit(run: &Record) -> Cell {
    match (&run.ending, run.state) {
        (Some(ending), _) => {
            let ink = if ending.exit_code == 0 {
                Ink::Good
            } else {
                Ink::Bad
            };
            Cell::inked(ending.exit_code.to_string(), ink)
        }
        (None, State::Killed) => Cell::inked(State::Killed.as_str().to_owned(), Ink::Bad),
        (None, state) => state.as_str().into(),
    }
}

/// To the minute.
pub(super) fn moment(ms: u64) -> String {
    let format = format_description!("[year]-[month]-[day] [hour]:[minute]");
    let seconds = i64::try_from(ms / 1000).unwrap_or(i64::MAX);
    OffsetDateTime::from_unix_timestamp(seconds)
        .ok()
        .and_then(|moment| moment.format(&format).ok())
        .unwrap_or_else(|| "?".to_owned())
}
