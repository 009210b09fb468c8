//! The exit code of a run, and every reason for it: pure, from what was counted and what became of the run.

use crate::engine::monitor::is_refusal;
use crate::metrics::{
    Exit, ExitKind, GeneratorVerdict, Search, SearchResult, Snapshot, StopCause, ThresholdResult,
};
use crate::view::format::count;
use crate::view::verdict_sentence;

/// What the reasons are found in.
pub struct Facts<'a> {
    /// What the run is judged by: without its warm-up.
    pub snapshot: &'a Snapshot,
    /// Whether a second signal ended it.
    pub is_aborted: bool,
    /// Whether a thread ended before its time.
    pub has_lost_thread: bool,
    /// What clean-up was to delete and is still on the target; 0 without clean-up.
    pub left_behind: u64,
    /// Whether a threshold may name what was never seen.
    pub allow_missing: bool,
    /// Whether the verdict on the generator has to be valid.
    pub is_strict: bool,
}

/// All reasons, by precedence. What is known only when the run is reported (a regression, a summary that could not be
/// written) is added there.
pub fn of(facts: &Facts<'_>) -> Exit {
    let mut exit = Exit::default();
    if facts.is_aborted {
        exit.add(
            ExitKind::Interrupted,
            "a second signal ended the run at once",
        );
    } else if facts.has_lost_thread {
        // An abort leaves threads behind.
        exit.add(
            ExitKind::ThreadLost,
            "a thread of the run ended before its time",
        );
    }
    add_stop(&mut exit, facts.snapshot);
    add_silence(&mut exit, facts.snapshot);
    match &facts.snapshot.search {
        // Sessions fail on purpose at a level that is too high.
        Some(search) => add_search(&mut exit, search),
        None => add_sessions(&mut exit, facts.snapshot),
    }
    if facts.left_behind > 0 {
        let items = match facts.left_behind {
            1 => "1 item".to_owned(),
            many => format!("{} items", count(many)),
        };
        let text = format!("clean-up left {items} on the target");
        exit.add(ExitKind::LeftBehind, text);
    }
    let generator = &facts.snapshot.generator;
    if facts.is_strict && GeneratorVerdict::of(generator) != Some(GeneratorVerdict::Valid) {
        let verdict = verdict_sentence(generator);
        let text = format!("--strict: the verdict on the generator is {verdict}");
        exit.add(ExitKind::Generator, text);
    }
    add_thresholds(&mut exit, facts);
    exit
}

/// Why the run ended itself.
fn add_stop(exit: &mut Exit, snapshot: &Snapshot) {
    let Some(stop) = &snapshot.stopped_by else {
        return;
    };
    let (rule, figures) = (&stop.rule, &stop.figures);
    match stop.cause {
        StopCause::Valve => exit.add(
            ExitKind::StopRule,
            format!("the run was ended by its safety valve: {rule}: {figures}"),
        ),
        StopCause::Ledger => exit.add(ExitKind::Ledger, format!("{rule}: {figures}")),
        // One about the whole run may be met when it ends the run, and not in the last second any more.
        StopCause::Threshold => {
            let stands = |one: &crate::metrics::Threshold| {
                one.rule == *rule && one.result == ThresholdResult::Failed
            };
            if !snapshot.thresholds.iter().any(stands) {
                let text = format!("threshold {rule}: {figures}");
                exit.add(ExitKind::Threshold, text);
            }
        }
    }
}

/// Whether no request was ever answered, and why.
fn add_silence(exit: &mut Exit, snapshot: &Snapshot) {
    let mut series = snapshot.totals.series.values();
    if series.any(|series| series.statuses.keys().any(|status| !status.is_none())) {
        return;
    }
    let failures = snapshot.totals.series.values();
    let refused: u64 = failures
        .flat_map(|series| &series.failures)
        .filter(|(kind, _)| is_refusal(kind))
        .map(|(_, failure)| failure.count)
        .sum();
    let failed = snapshot.requests().failed();
    if failed > refused {
        exit.add(
            ExitKind::NoResponse,
            format!(
                "{} never answered; is it running, and is --base-url right?",
                snapshot.run.base_url
            ),
        );
    } else if failed == 0 && !snapshot.totals.not_sent.is_empty() {
        exit.add(
            ExitKind::NotSent,
            "this machine could send no request; the summary says what it lacks",
        );
    } else if refused > 0 {
        exit.add(
            ExitKind::NotAllowed,
            "every request was to a host that is not allowed; allow it with --allow-host",
        );
    }
}

/// Whether too many sessions failed.
fn add_sessions(exit: &mut Exit, snapshot: &Snapshot) {
    let sessions = snapshot.sessions();
    // Those that the end of the run interrupted are neither. Only where sessions are so long that none was completed, they
    // are what the others are compared with: a few that failed beside a crowd that went on to the end are no failed run.
    let as_good = match sessions.completed {
        0 => sessions.interrupted,
        completed => completed,
    };
    if sessions.failed > 0 && sessions.completed + sessions.interrupted == 0 {
        exit.add(
            ExitKind::SessionsFailed,
            "every session failed; the summary says why",
        );
    } else if sessions.failed > as_good {
        exit.add(
            ExitKind::SessionsFailed,
            format!(
                "more sessions failed ({}) than were completed ({}); the summary says why",
                sessions.failed, sessions.completed
            ),
        );
    }
}

/// Why a search found no knee.
fn add_search(exit: &mut Exit, search: &Search) {
    let kind = match search.result {
        SearchResult::Unfinished | SearchResult::Knee | SearchResult::AtMost => return,
        SearchResult::Lowest | SearchResult::NotRecovered => ExitKind::Threshold,
        SearchResult::TooFewSamples | SearchResult::Unsteady => ExitKind::NoData,
        SearchResult::GeneratorLimit => ExitKind::Generator,
    };
    exit.add(kind, search.text.as_str());
}

/// The thresholds that did not pass.
fn add_thresholds(exit: &mut Exit, facts: &Facts<'_>) {
    for one in &facts.snapshot.thresholds {
        let kind = match one.result {
            ThresholdResult::Passed => continue,
            ThresholdResult::UnknownName if facts.allow_missing => continue,
            ThresholdResult::Failed => ExitKind::Threshold,
            ThresholdResult::NoData => ExitKind::NoData,
            ThresholdResult::UnknownName => ExitKind::UnknownName,
        };
        exit.add(kind, one.sentence());
    }
}

#[cfg(test)]
mod tests;
