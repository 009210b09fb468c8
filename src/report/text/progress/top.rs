//! What stands above the figures: what is wrong, how far the run is, where its page is; and how its thresholds stand.

use super::line::Line;
use super::room::Room;
use crate::report::text::bar::bar;
use crate::report::text::status::{sentence, sign};
use crate::report::text::thresholds::mark;
use crate::report::text::{Ink, Paint};
use crate::view::format::{count, span};
use crate::view::{Left, Level, RunView, Threshold, ThresholdResult};

/// Lines of the first sentence at most; further sentences have one each.
const SENTENCE: usize = 3;
/// Sentences, in a terminal of this height or more.
const SENTENCES: usize = 3;
const TALL: usize = 30;
/// Columns of the bar.
const BAR: usize = 20;
/// Thresholds that have a line, in a low terminal and in a tall one.
const THRESHOLDS: [usize; 2] = [4, 10];

/// What is wrong, the worst first; how many sentences have no room is said behind the last that has.
pub(super) fn status(view: &RunView, room: &Room<'_>) -> Vec<String> {
    let shown = if room.height >= TALL { SENTENCES } else { 1 };
    let mut lines = Vec::new();
    for (at, one) in view.status.iter().take(shown).enumerate() {
        let most = if at == 0 { SENTENCE } else { 1 };
        let folded = sentence(one, room.width, room.paint);
        lines.extend(folded.into_iter().take(most));
    }
    let others = view.status.iter().skip(shown);
    let others: Vec<_> = others.filter(|one| one.level != Level::Ok).collect();
    if let Some(next) = others.first() {
        let more = format!("and {} more: {}", count(others.len() as u64), next.text);
        let mut line = Line::unlabelled(room.paint);
        line.sentence(sign(next.level).1, &format!("  {more}"));
        lines.push(line.fitted(room.width));
    }
    // Of very few columns even one word is too wide.
    let cut = |line: String| console::truncate_str(&line, room.width, "").into_owned();
    lines.into_iter().map(cut).collect()
}

/// The phase, the age, what is left as a bar, the target.
pub(super) fn head(view: &RunView, paint: Paint) -> Line {
    let mut line = Line::new(view.live.phase.as_str(), paint);
    line.inked(Ink::Bold, &span(view.run.seconds));
    match view.live.left {
        Some(Left::Seconds(left)) => line.plain(&format!("{} left", span(left))),
        Some(Left::Sessions(left)) => {
            let noun = if left == 1 { "session" } else { "sessions" };
            line.plain(&format!("{} {noun} left", count(left)));
        }
        None => {}
    }
    if let Some(done) = done(view) {
        line.plain(&format!(
            "{} {:.0} %",
            bar(done, BAR),
            (done * 100.0).floor()
        ));
    }
    line.plain(&view.run.base_url);
    line.inked(Ink::Dim, &format!("run {}", view.run.id));
    line
}

/// The share of the run that is over; none of a run without an end.
fn done(view: &RunView) -> Option<f64> {
    let (done, left) = match view.live.left? {
        Left::Seconds(left) => (view.run.seconds, left),
        Left::Sessions(left) => (view.load.sessions.total as f64, left as f64),
    };
    let all = done + left;
    (all > 0.0).then(|| done / all)
}

/// A line for each threshold, those that fail first.
pub(super) fn thresholds(view: &RunView, room: &Room<'_>) -> Vec<String> {
    let mut all: Vec<&Threshold> = view.thresholds.iter().collect();
    all.sort_by_key(|one| match one.result {
        ThresholdResult::Failed => 0,
        ThresholdResult::NoData | ThresholdResult::UnknownName => 1,
        ThresholdResult::Passed => 2,
    });
    let most = THRESHOLDS[usize::from(room.height >= TALL)];
    let mut lines = Vec::new();
    for one in all.iter().take(most) {
        let (word, ink) = mark(one.result);
        let mut line = Line::marked(word.trim_end(), ink, room.paint);
        line.sentence(Ink::Bold, &one.rule);
        line.sentence(ink, one.figures());
        lines.push(line.fitted(room.width));
    }
    let more = all.len().saturating_sub(most);
    if more > 0 {
        let mut line = Line::new("", room.paint);
        line.inked(Ink::Dim, &format!("{} more thresholds", count(more as u64)));
        lines.push(line.fitted(room.width));
    }
    lines
}
