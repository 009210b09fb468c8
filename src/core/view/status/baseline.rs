//! What the run is against its baseline, once it is over.

use super::facts::Facts;
use super::line::{Level, Place, StatusKind, StatusLine};
use super::words::counted;
use crate::view::format::ratio;

pub fn lines(of: &Facts<'_>) -> Vec<StatusLine> {
    let Some(baseline) = of.baseline else {
        return Vec::new();
    };
    let run = &baseline.run;
    if let (Some(reason), false) = (&baseline.reason, baseline.passed) {
        let text = format!("Not compared with baseline {run}: {reason}");
        return vec![StatusLine::critical(
            StatusKind::Regression,
            Place::Overview,
            text,
        )];
    }
    let mut regressions = baseline.regressions();
    if let Some(first) = regressions.next() {
        let more = match regressions.count() {
            0 => String::new(),
            more => format!(", and {more} more"),
        };
        let text = format!("Worse than baseline {run}: {}{more}", first.text);
        return vec![StatusLine::critical(
            StatusKind::Regression,
            Place::Overview,
            text,
        )];
    }
    let worse = baseline.changes.iter().filter(|one| one.worse).count();
    let (level, text) = match (baseline.fail_on_regression, worse) {
        (Some(by), _) => {
            let by = ratio(Some(by)).replace(".0 %", " %");
            let text = format!("Nothing is worse than baseline {run} by {by}");
            (Level::Ok, text)
        }
        (None, 0) => (Level::Ok, format!("Nothing is worse than baseline {run}")),
        (None, worse) => {
            let figures = counted(worse as u64, "figure is", "figures are");
            let text = format!("{figures} worse than in baseline {run}");
            (Level::Info, text)
        }
    };
    vec![StatusLine::new(
        level,
        StatusKind::Regression,
        Place::Overview,
        text,
    )]
}
