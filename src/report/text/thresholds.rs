//! Thresholds as text: a line each.

use crate::report::text::{Ink, Paint};
use crate::text;
use crate::view::{Threshold, ThresholdResult};

/// The word before the rule, as wide as any other, and its colour.
fn mark(result: ThresholdResult) -> (&'static str, Ink) {
    match result {
        ThresholdResult::Passed => ("passed ", Ink::Good),
        ThresholdResult::Failed => ("failed ", Ink::Bad),
        ThresholdResult::NoData | ThresholdResult::UnknownName => ("no data", Ink::Bad),
    }
}

/// A table of all of them; empty without any.
pub fn table(thresholds: &[Threshold], paint: Paint) -> String {
    if thresholds.is_empty() {
        return String::new();
    }
    let width = thresholds.iter().map(|one| one.rule.chars().count()).max();
    let width = width.unwrap_or(0).min(60);
    let mut lines = String::from("Thresholds\n");
    for one in thresholds {
        let (word, ink) = mark(one.result);
        lines += &format!(
            "{}  {:<width$}  {}\n",
            paint.ink(ink, word),
            text::line(&one.rule),
            text::line(one.figures()),
        );
    }
    lines
}
