//! The run of `--baseline`, and what the run that is over is against it.

use crate::app::process::exit::Failure;
use crate::app::state_dir;
use crate::cli::Resolved;
use crate::history::compare::{Comparison, Finding, Measure, compare};
use crate::history::{HistoryError, PATIENCE, RecordedRun, Store, find};
use crate::report::text::history::change;
use crate::text;
use crate::view::{Baseline, BaselineChange, ExitKind, RunView};

/// By how much the share of failures may grow: one percentage point.
const FAILURE_POINTS: f64 = 0.01;

/// Reads the baseline, before anything is sent.
///
/// # Errors
/// When it is not there, cannot be read, or is that of a newer throng.
pub fn read(resolved: &Resolved) -> Result<Option<RecordedRun>, Failure> {
    let Some(baseline) = &resolved.history.baseline else {
        return Ok(None);
    };
    let usage = |why: HistoryError| {
        let words = format!("--baseline {}: {why}", baseline.run);
        Failure::Usage(text::line(&words).into_owned())
    };
    let folder = state_dir::folder(resolved.state_dir.as_deref())?;
    let store = Store::read(folder.place(), PATIENCE).map_err(usage)?;
    // Messages about what was typed begin with it.
    let found = find(&baseline.run, store.as_ref()).map_err(|why| match why {
        HistoryError::Unknown(words) => Failure::Usage(format!("--baseline {words}")),
        other => usage(other),
    })?;
    let run = found.whole(store.as_ref()).map_err(usage)?;
    if run.blocks.is_empty() {
        let words = "has no blocks of time to compare with; it was over before the first one";
        return Err(Failure::Usage(format!(
            "--baseline {}: run {} {words}",
            baseline.run, run.record.start.id
        )));
    }
    Ok(Some(run))
}

/// Says what the run is against its baseline, also as reasons for its exit code.
pub fn judge(
    resolved: &Resolved,
    base: &RecordedRun,
    now: Option<&RecordedRun>,
    last: &mut RunView,
) {
    let baseline = compared(resolved, base, now);
    for words in failures(&baseline) {
        let exit = last.exit.get_or_insert_default();
        exit.add(ExitKind::Regression, words);
    }
    last.set_baseline(baseline);
}

fn compared(resolved: &Resolved, base: &RecordedRun, now: Option<&RecordedRun>) -> Baseline {
    let fail_by = resolved
        .history
        .baseline
        .as_ref()
        .and_then(|one| one.fail_by);
    let id = base.record.start.id.clone();
    let Some(now) = now else {
        return Baseline {
            run: id,
            fail_on_regression: fail_by,
            passed: fail_by.is_none(),
            reason: Some("the run was not recorded".to_owned()),
            ..Baseline::default()
        };
    };
    let compared = compare(base, now);
    let has_other_load = compared.differences.iter().any(|one| one.is_load);
    let changes = changes(&compared, fail_by, has_other_load);
    let decided = compared.rows.iter().flat_map(|row| &row.changes);
    let decided = decided
        .filter(|one| one.finding != Finding::Undecided)
        .count();
    let reason = (decided == 0).then(|| why_nothing(&compared));
    Baseline {
        run: id,
        fail_on_regression: fail_by,
        passed: fail_by.is_none()
            || (reason.is_none() && changes.iter().all(|one| !one.regression)),
        compared: decided as u64,
        different: compared
            .differences
            .iter()
            .map(|one| format!("{}: {}, now {}", one.what, one.a, one.b))
            .collect(),
        changes,
        reason,
    }
}

fn changes(
    compared: &Comparison,
    fail_by: Option<f64>,
    has_other_load: bool,
) -> Vec<BaselineChange> {
    let mut changes = Vec::new();
    for row in &compared.rows {
        for one in &row.changes {
            if !matches!(one.finding, Finding::Worse | Finding::Better) {
                continue;
            }
            // With another load another rate is what was asked for. The median is not what the rule is about.
            let is_judged = match one.measure {
                Measure::P50 => false,
                Measure::Rate => !has_other_load,
                Measure::P95 | Measure::P99 | Measure::Failures => true,
            };
            let by_much = fail_by.is_some_and(|ratio| one.is_worse_by(ratio, FAILURE_POINTS));
            changes.push(BaselineChange {
                subject: row.subject.to_string(),
                measure: one.measure.as_str(),
                baseline: one.a,
                now: one.b,
                change: one.change,
                interval: one.interval,
                worse: one.finding == Finding::Worse,
                regression: is_judged && by_much,
                text: format!("{}: {}", row.subject, change(one)),
            });
        }
    }
    changes
}

/// Why the run fails by its baseline, a sentence for each reason.
fn failures(baseline: &Baseline) -> Vec<String> {
    if baseline.passed {
        return Vec::new();
    }
    let run = &baseline.run;
    match &baseline.reason {
        Some(reason) => vec![format!(
            "nothing can be compared with baseline {run}: {reason}"
        )],
        None => {
            let worse = baseline.regressions();
            worse
                .map(|one| format!("worse than baseline {run}: {}", one.text))
                .collect()
        }
    }
}

/// Why there is no figure of which anything can be said.
fn why_nothing(compared: &Comparison) -> String {
    let mut reasons = compared.rows.iter().flat_map(|row| &row.changes);
    let first = reasons.find_map(|one| one.reason.clone());
    first.unwrap_or_else(|| "the two runs have nothing in common".to_owned())
}
