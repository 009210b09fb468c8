//! The status of a run in sentences: what is wrong and where, since when and what comes next, the worst first.
//!
//! In: the parts of a view. Out: [`StatusLine`]s; the first is the one sentence that page, terminal and reports show. It must
//! never know who reads them, nor guess a time that nobody measured.

mod baseline;
mod coverage;
mod crowd;
mod facts;
mod line;
mod outcome;
mod outputs;
mod phase;
mod scripts;
mod search;
mod target;
mod thresholds;
mod words;

pub use facts::Facts;
pub use line::{Level, Place, StatusKind, StatusLine};

/// What there is to say, the worst first; empty only before the run begins.
pub fn lines(of: &Facts<'_>) -> Vec<StatusLine> {
    let mut lines: Vec<StatusLine> = [
        target::lines(of),
        crowd::lines(of),
        thresholds::lines(of),
        baseline::lines(of),
        coverage::lines(of),
        scripts::lines(of),
        outputs::lines(of),
        phase::lines(of),
        search::lines(of).into_iter().collect(),
    ]
    .into_iter()
    .flatten()
    .collect();
    if lines.iter().all(|line| line.level > Level::Warning) {
        lines.extend(outcome::fine(of));
    }
    lines.sort_by_key(|line| (is_meant(line), line.level, line.kind));
    lines
}

/// What the run left on the target because it was not to clean up: how the run went comes first.
fn is_meant(line: &StatusLine) -> bool {
    line.kind == StatusKind::LeftBehind && line.level == Level::Info
}
