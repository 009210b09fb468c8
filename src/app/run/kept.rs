//! The run as the history keeps it, from its beginning to its end.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;
use tokio::sync::watch;

use crate::app::process::version::VERSION;
use crate::app::run::{plan_page, reports, scripts, shape};
use crate::app::state_dir::{self, LedgerPlace};
use crate::cli::{Mode, ReportFormat, Resolved, Scripts};
use crate::engine::RunConfig;
use crate::history::{
    Ending, Keeping, Last, NARROW_SUMMARY_TEXT, Over, PAGE, RecordedRun, SUMMARY_JSON,
    SUMMARY_TEXT, Start, Writer, git, now_ms,
};
use crate::metrics::{BUILT_IN, Snapshot};
use crate::report::text::{Paint, summary};
use crate::report::{html, json};
use crate::secrets::Masker;
use crate::view::{History, RunView, ThresholdResult};

/// Options that change nothing of what a run does to its target.
const SILENT: &[&str] = &[
    "allow_missing",
    "baseline",
    "base_url",
    "cleanup",
    "cleanup_interval",
    "cleanup_rps",
    "color",
    "debug",
    "dry_run",
    "edit",
    "fail_if",
    "fail_on_regression",
    "history_keep",
    "ledger",
    "linger",
    "listen",
    "log_format",
    "no_listen",
    "note",
    "otlp",
    "otlp_header",
    "plan",
    "push_interval",
    "push_label",
    "quiet",
    "remote_write",
    "remote_write_header",
    "report",
    "run_header",
    "samples",
    "samples_rate",
    "seed",
    "state_dir",
    "summary_json",
    "token",
    "trace",
    "trace_url",
    "tui",
    "verbose",
    "watch",
];

/// A run that is recorded.
pub struct Recording {
    writer: Writer,
    start: Start,
}

/// Where runs are kept; none where the folder does not exist.
pub fn folder(resolved: &Resolved) -> Option<PathBuf> {
    let folder = state_dir::folder(resolved.state_dir.as_deref()).ok()?;
    Some(folder.place().to_owned())
}

/// Begins to record a run: none where nothing is kept and nothing reads what was recorded.
pub fn begin(
    resolved: &Resolved,
    start: Start,
    snapshots: watch::Receiver<Arc<Snapshot>>,
) -> Option<Recording> {
    let reports = &resolved.output.reports;
    let is_read = resolved.history.baseline.is_some()
        || reports
            .iter()
            .any(|report| report.format == ReportFormat::Csv);
    let is_kept = resolved.history.keep > 0 && resolved.mode == Mode::Run;
    let folder = folder(resolved).filter(|_| is_kept);
    if is_kept && folder.is_none() {
        tracing::warn!("the run is not kept in the history: there is no folder for it");
    }
    let keeping = folder.map(|folder| Keeping {
        folder,
        runs: resolved.history.keep,
    });
    if keeping.is_none() && !is_read {
        return None;
    }
    let say = |why: &str| tracing::warn!("the run is not kept in the history for now: {why}");
    match Writer::start(snapshots, start, keeping, say) {
        Ok((writer, start)) => Some(Recording { writer, start }),
        Err(why) => {
            tracing::warn!("the run is not kept in the history: no thread for it: {why}");
            None
        }
    }
}

impl Recording {
    /// The run is over.
    pub fn over(self) -> Over {
        self.writer.over(self.start)
    }
}

/// Keeps how the run ended. Where that cannot be written, it is said: the run is no worse for it.
pub fn end(over: Over, last: &RunView, history: &History, secrets: &Masker) {
    let text = |width| {
        let look = summary::Look {
            width,
            whole: true,
            rows: usize::MAX,
            paint: Paint::PLAIN,
        };
        secrets.text(&summary::styled(last, look)).into_owned()
    };
    let mut documents = vec![
        (SUMMARY_JSON, reports::summary_json(last, secrets)),
        (SUMMARY_TEXT, text(usize::MAX)),
        (NARROW_SUMMARY_TEXT, text(summary::WIDTH)),
    ];
    let mask = |text: &str| secrets.quoted(text).into_owned();
    if let Ok(page) = html::document(last, history, &mask) {
        documents.push((PAGE, page));
    }
    let passed = last.thresholds.iter();
    let passed = passed.filter(|one| one.result == ThresholdResult::Passed);
    let all = last.thresholds.len() as u64;
    let verdict = json::summary(last)["generator"]["verdict"]
        .as_str()
        .map(str::to_owned);
    let ending = Ending {
        ended_ms: now_ms(),
        exit_code: last.exit.as_ref().map_or(0, |exit| exit.code),
        verdict,
        thresholds: (all > 0).then(|| (passed.count() as u64, all)),
    };
    if let Err(why) = over.end(Last { ending, documents }) {
        tracing::warn!("the run is not in the history, or not whole: {why}");
    }
}

/// What is known of a run before it begins, with secrets masked.
pub fn start(
    resolved: &Resolved,
    config: &RunConfig,
    keeping: LedgerPlace,
    secrets: &Masker,
) -> Start {
    let mask = |text: String| secrets.owned(text);
    let plan = &resolved.plan;
    let folder = match &resolved.scripts {
        Scripts::Folder(folder) => Some(folder.as_path()),
        Scripts::Embedded => None,
    };
    let commit = folder.and_then(git::commit);
    Start {
        id: config.script_config.run_id.clone(),
        started_ms: now_ms(),
        seed: plan.seed,
        version: VERSION.to_owned(),
        // The service of a demo has another port each time.
        target: match keeping {
            LedgerPlace::Memory if config.mock.is_none() => "demo service".to_owned(),
            _ => mask(config.target()),
        },
        crowd: shape::who(plan, &config.specs),
        note: resolved.history.note.clone().map(mask),
        scripts: folder.map_or_else(|| BUILT_IN.to_owned(), |folder| mask(shown(folder))),
        hashes: scripts::hashes(config),
        branch: commit.as_ref().and_then(|one| one.branch.clone()).map(mask),
        commit: commit.map(|one| mask(one.hash)),
        plan: options(resolved, secrets),
    }
}

fn shown(folder: &Path) -> String {
    let whole: PathBuf = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    whole.display().to_string()
}

/// The options that say what the run does, each as it holds.
fn options(resolved: &Resolved, secrets: &Masker) -> BTreeMap<String, Value> {
    let told = resolved.options.iter();
    let told = told
        .filter(|option| option.overruled_by.is_none() && !SILENT.contains(&option.key.as_str()));
    let masked = told.map(|option| {
        let value = plan_page::value(resolved, option).to_string();
        (option.key.clone(), Value::String(secrets.owned(value)))
    });
    masked.collect()
}

/// What was recorded, for reports that need it.
pub fn recorded(over: Option<&Over>) -> Option<RecordedRun> {
    over.and_then(Over::run)
}
