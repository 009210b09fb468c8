use std::collections::BTreeMap;

use crate::history::compare::{Change, Comparison, Finding, Measure, Row, Subject};
use crate::report::text::summary::Look;
use crate::report::text::table::{Cell, NOTHING, Side, Table};
use crate::report::text::{Ink, Paint};
use crate::text;
use crate::view::format;

/// No difference that is more than chance.
const SAME: &str = "~";

/// Two runs side by side: of each figure those of both and by how much it changed. Without `all` only what differs, and all
/// requests together.
pub fn comparison(compared: &Comparison, all: bool, look: Look) -> String {
    let mut page = head(compared, look.paint);
    let differs = |row: &&Row| row.changes.iter().any(|one| is_difference(one.finding));
    let shown: Vec<&Row> = compared
        .rows
        .iter()
        .filter(|row| all || row.subject == Subject::All || differs(row))
        .collect();
    let mut table = Table::new(&[
        ("", Side::Left),
        ("rate", Side::Right),
        ("p50", Side::Right),
        ("p95", Side::Right),
        ("p99", Side::Right),
        ("failures", Side::Right),
    ]);
    for row in &shown {
        let figures = |side: fn(&Change) -> Option<f64>| {
            row.changes
                .iter()
                .map(move |change| figure(change.measure, side(change)).into())
        };
        let mut cells: Vec<Cell> = vec![row.subject.to_string().into()];
        cells.extend(row.changes.iter().map(change_cell));
        table.row(cells);
        table.row(
            std::iter::once("  a".into())
                .chain(figures(|one| one.a))
                .collect(),
        );
        table.row(
            std::iter::once("  b".into())
                .chain(figures(|one| one.b))
                .collect(),
        );
    }
    page += &table.render(look.width, look.whole, 1, "p95", look.paint);
    let hidden = compared.rows.len() - shown.len();
    if hidden > 0 {
        page += &format!("{hidden} more without a difference; --all shows them\n");
    }
    page += &intervals(&shown);
    page += &reasons(&shown);
    page
}

fn head(compared: &Comparison, paint: Paint) -> String {
    let mut page = format!(
        "{}\n",
        paint.ink(
            Ink::Bold,
            &format!("a: run {}  b: run {}", compared.a, compared.b)
        )
    );
    let loads = compared.differences.iter().any(|one| one.is_load);
    for one in &compared.differences {
        let words = format!("different: {}: {} in a, {} in b", one.what, one.a, one.b);
        page += &format!("{}\n", text::line(&words));
    }
    if loads {
        page += "warning: the runs had different loads, so that rates are no finding and times may differ by it\n";
    }
    let (a, b) = (compared.blocks_a, compared.blocks_b);
    let pairs = if compared.paired {
        ", the same moments side by side"
    } else {
        ""
    };
    page + &format!(
        "{a} and {b} blocks of time{pairs}; {SAME} is no difference beyond chance ({} over all comparisons)\n\n",
        format::ratio(Some(compared.family_wise_error))
    )
}

fn is_difference(finding: Finding) -> bool {
    matches!(finding, Finding::Worse | Finding::Better)
}

fn change_cell(change: &Change) -> Cell {
    match change.finding {
        Finding::Same => SAME.into(),
        Finding::Undecided => NOTHING.into(),
        Finding::Worse => Cell::inked(amount(change.measure, change.change), Ink::Bad),
        Finding::Better => Cell::inked(amount(change.measure, change.change), Ink::Good),
    }
}

/// A figure of one run.
fn figure(measure: Measure, value: Option<f64>) -> String {
    match measure {
        Measure::Rate => format::per_second(value),
        Measure::P50 | Measure::P95 | Measure::P99 => format::measured(value),
        Measure::Failures => format::ratio(value),
    }
}

/// A change: `+12 %`, or `+1.2 points` of a share.
fn amount(measure: Measure, change: Option<f64>) -> String {
    let Some(change) = change else {
        return NOTHING.to_owned();
    };
    let percent = change * 100.0;
    match measure.is_ratio() {
        true if percent.abs() >= 99.5 => format!("{percent:+.0} %"),
        true => format!("{percent:+.1} %"),
        false => format!("{percent:+.2} points"),
    }
}

/// A change with its interval, as a sentence: `p95 +12.0 % (+8.1 % to +16.2 %), 212 ms to 237 ms`.
pub fn change(change: &Change) -> String {
    let measure = change.measure;
    let mut words = format!("{} {}", measure.as_str(), amount(measure, change.change));
    if let Some((low, high)) = change.interval {
        words += &format!(
            " ({} to {})",
            amount(measure, Some(low)),
            amount(measure, Some(high))
        );
    }
    words
        + &format!(
            ", {} to {}",
            figure(measure, change.a),
            figure(measure, change.b)
        )
}

/// Where differences lie but for chance.
fn intervals(rows: &[&Row]) -> String {
    let mut lines = String::new();
    for row in rows {
        for one in row.changes.iter().filter(|one| is_difference(one.finding)) {
            let finding = match one.finding {
                Finding::Worse => "worse",
                _ => "better",
            };
            let words = format!("{finding}: {}: {}", row.subject, change(one));
            lines += &format!("{}\n", text::line(&words));
        }
    }
    match lines.is_empty() {
        true => "no difference beyond chance\n".to_owned(),
        false => format!("\n{lines}"),
    }
}

/// Why there is a dash, each reason once.
fn reasons(rows: &[&Row]) -> String {
    let mut reasons = BTreeMap::<(Measure, &str), usize>::new();
    for change in rows.iter().flat_map(|row| &row.changes) {
        if let Some(reason) = &change.reason {
            *reasons
                .entry((change.measure, reason.as_str()))
                .or_default() += 1;
        }
    }
    let line = |((measure, reason), rows): (&(Measure, &str), &usize)| {
        format!(
            "{NOTHING} {} {reason} ({rows} of the rows)\n",
            measure.as_str()
        )
    };
    reasons.iter().map(line).collect()
}
