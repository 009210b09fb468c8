//! Thresholds as text: a line each.

use crate::report::text::status::folded;
use crate::report::text::{Ink, Paint};
use crate::text;
use crate::view::{Threshold, ThresholdResult};

fn wide(text: &str) -> usize {
    console::measure_text_width(text)
}

/// The word before the rule, as wide as any other, and its colour.
pub(in crate::report) fn mark(result: ThresholdResult) -> (&'static str, Ink) {
    match result {
        ThresholdResult::Passed => ("passed ", Ink::Good),
        ThresholdResult::Failed => ("failed ", Ink::Bad),
        ThresholdResult::NoData | ThresholdResult::UnknownName => ("no data", Ink::Bad),
    }
}

/// Columns of the word and the gap behind it.
const WORD: usize = 9;
/// Rules that are wider do not widen the column of the others.
const RULE: usize = 60;

/// A line for each, of at most `width` columns where its words allow; empty without any. Figures that have no room behind
/// their rule stand below it.
pub fn table(thresholds: &[Threshold], width: usize, paint: Paint) -> String {
    if thresholds.is_empty() {
        return String::new();
    }
    let rules = thresholds.iter().map(|one| wide(&one.rule));
    let rules = rules.filter(|rule| *rule <= RULE).max().unwrap_or(0);
    let mut lines = String::from("Thresholds\n");
    for one in thresholds {
        let (word, ink) = mark(one.result);
        let (rule, figures) = (text::line(&one.rule), text::line(one.figures()));
        let word = paint.ink(ink, word);
        if WORD + rules.max(wide(&rule)) + 2 + wide(&figures) <= width {
            lines += &format!("{word}  {rule:<rules$}  {figures}\n");
            continue;
        }
        let room = width.saturating_sub(WORD).max(1);
        let below = folded(&rule, room)
            .into_iter()
            .chain(folded(&figures, room));
        for (at, part) in below.enumerate() {
            let before = if at == 0 { word.as_str() } else { "       " };
            lines += &format!("{before}  {part}\n");
        }
    }
    lines
}
