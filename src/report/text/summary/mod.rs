//! The summary at the end of a run.
//!
//! In: the last view of a run, and how it should look. Out: its sections, what is wrong first, the totals last, where the
//! reader's cursor is. It must never know where they are printed.

mod baseline;
mod changes;
mod coverage;
mod failures;
mod head;
mod look;
mod requests;
mod scripts;
mod search;
mod steps;
mod totals;
pub mod versions;

pub(crate) use coverage::coverage;
pub use look::{Look, ROWS, WIDTH};

use crate::report::text::thresholds;
use crate::view::RunView;

/// The summary without colour in [`WIDTH`] columns.
pub fn text(view: &RunView) -> String {
    styled(view, Look::default())
}

/// The summary as it should look; each section ends with a line's end.
pub fn styled(view: &RunView, look: Look) -> String {
    let sections = [
        head::status(view, look),
        head::title(view, look),
        thresholds::table(&view.thresholds, look.columns(), look.paint),
        baseline::baseline(view.baseline.as_ref(), look),
        failures::failures(view, look),
        steps::steps(&view.steps, look),
        steps::journeys(&view.journeys, look),
        requests::by_endpoint(view, look),
        requests::by_type(view, look),
        versions::versions(&view.types, look),
        requests::few(view, look),
        scripts::failed_sessions(&view.load.sessions, look),
        scripts::checks(&view.scripts.checks, look),
        coverage(view.coverage.as_ref(), look),
        scripts::metrics(&view.scripts.metrics, look),
        scripts::errors(&view.scripts.script_errors, look),
        changes::changes(&view.reload_status, look),
        totals::totals(view, look),
        search::search(view.search.as_ref(), look),
    ];
    let said: Vec<_> = sections
        .into_iter()
        .filter(|section| !section.is_empty())
        .collect();
    said.join("\n")
}
