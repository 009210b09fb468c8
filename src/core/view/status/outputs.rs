//! Outputs that do not deliver.

use super::facts::Facts;
use super::line::{Place, StatusKind, StatusLine};
use crate::view::format::{count, span};
use crate::view::outputs::OutputStatus;

pub fn lines(of: &Facts<'_>) -> Vec<StatusLine> {
    let outputs = of.outputs.iter();
    outputs.filter_map(|one| line(one, of)).collect()
}

fn line(one: &OutputStatus, of: &Facts<'_>) -> Option<StatusLine> {
    let why = one.error.as_deref().unwrap_or("for no known reason");
    let (title, items) = (one.title(), one.items());
    let dropped = match one.dropped {
        0 => String::new(),
        dropped => format!(", {} {items} dropped", count(dropped)),
    };
    let text = match one.failing_seconds.filter(|_| !of.is_over()) {
        Some(seconds) => {
            let text = format!(
                "Output fails: {title} for {}{dropped}: {why}",
                span(seconds)
            );
            let line = StatusLine::warning(StatusKind::Output, Place::Overview, text);
            return Some(line.since((of.now() - seconds).max(0.0)));
        }
        None if one.dropped == 0 => return None,
        None => format!("Output incomplete: {title}{dropped}: {why}"),
    };
    Some(StatusLine::warning(
        StatusKind::Output,
        Place::Overview,
        text,
    ))
}
