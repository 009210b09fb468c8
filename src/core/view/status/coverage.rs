//! What of `--min-coverage` the run did not reach, once it is over.

use super::facts::Facts;
use super::line::{Level, Place, StatusKind, StatusLine};
use crate::view::coverage::CoverageShare;
use crate::view::format::ratio;

pub fn lines(of: &Facts<'_>) -> Vec<StatusLine> {
    let Some(coverage) = of.coverage else {
        return Vec::new();
    };
    let line = |level, text| StatusLine::new(level, StatusKind::Coverage, Place::Endpoints, text);
    let of_rule = |name: &str| -> CoverageShare {
        match name {
            "parameters" => coverage.parameters,
            "statuses" => coverage.statuses,
            "content_types" => coverage.content_types,
            _ => coverage.operations,
        }
    };
    let missed = coverage.missed().map(|rule| {
        let share = of_rule(rule.of);
        let text = format!(
            "Covered {} of {} {} of the document, at least {} wanted",
            share.covered,
            share.total,
            rule.of.replace('_', " "),
            ratio(Some(rule.minimum)).replace(".0 %", " %"),
        );
        line(Level::Critical, text)
    });
    let missed: Vec<_> = missed.collect();
    if missed.is_empty() && !coverage.rules.is_empty() {
        let share = coverage.operations;
        let text = format!("Covered {} of {} operations", share.covered, share.total);
        return vec![line(Level::Ok, text)];
    }
    missed
}
