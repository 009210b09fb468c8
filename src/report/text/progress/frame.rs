//! The lines of the live display, for a width.

use super::line::Line;
use super::{pairs, scripts};
use crate::metrics::{FailureNote, Left, Phase, Snapshot};
use crate::report::{Ink, Paint, generator, plain, protection as words};
use crate::view::format::{count, per_second, percentile, rate, share, span};

/// Failures shown at most.
const FAILURES: usize = 3;

/// Circuit breakers shown at most.
const BREAKERS: usize = 3;

/// Script errors shown at most.
const SCRIPT_ERRORS: usize = 3;

/// The display in lines, each at most `width` columns wide. What does not fit is left out from
/// the right, where the less important things are.
pub fn frame(snapshot: &Snapshot, width: usize, paint: Paint) -> Vec<String> {
    let mut lines = vec![
        head(snapshot, paint),
        users(snapshot, paint),
        requests(snapshot, paint),
    ];
    if let Some(words) = generator::overloaded(snapshot) {
        let mut line = Line::new("generator", paint);
        line.inked(Ink::Bad, &words);
        line.inked(Ink::Dim, "times include its own delay");
        lines.insert(1, line);
    }
    lines.push(outcomes(snapshot, paint));
    lines.push(times(snapshot, paint));
    lines.push(sessions(snapshot, paint));
    lines.extend(protection(snapshot, paint));
    lines.extend(scripts::scripts(snapshot, paint));
    let reload_status = &snapshot.reload_status;
    let canary = reload_status.canary.iter();
    lines.extend(canary.map(|canary| scripts::canary(canary, paint)));
    if reload_status.rolled_back {
        lines.push(scripts::rolled_back(paint));
    }
    let refusal = reload_status.refusal.iter();
    lines.extend(refusal.flat_map(|refusal| scripts::refusal(refusal, paint)));
    lines.extend(pairs::pairs(snapshot, paint));
    lines.extend(last_failures(snapshot).map(|text| {
        let mut line = Line::new("failure", paint);
        line.sentence(Ink::Bad, &plain::line(text));
        line
    }));
    let errors = snapshot
        .totals
        .script_errors
        .iter()
        .rev()
        .take(SCRIPT_ERRORS);
    lines.extend(errors.map(|error| {
        let mut line = Line::new("script", paint);
        let text = format!(
            "{} {} (x{})",
            error.place,
            plain::line(&error.message),
            count(error.count)
        );
        line.sentence(Ink::Bad, &text);
        line
    }));
    lines.extend(scripts::events(snapshot, paint));
    lines.into_iter().map(|line| line.fitted(width)).collect()
}

/// The last ones, newest first; one of a kind at an endpoint says enough.
fn last_failures(snapshot: &Snapshot) -> impl Iterator<Item = &str> {
    let mut distinct: Vec<&FailureNote> = Vec::new();
    for note in snapshot.failures.iter().rev() {
        let what = |note: &'_ FailureNote| (note.operation.clone(), note.failure.clone());
        if !distinct.iter().any(|seen| what(seen) == what(note)) {
            distinct.push(note);
        }
    }
    distinct
        .into_iter()
        .take(FAILURES)
        .map(|note| note.text.as_str())
}

fn head(snapshot: &Snapshot, paint: Paint) -> Line {
    let mut line = Line::new(phase(snapshot.phase), paint);
    line.inked(Ink::Bold, &span(snapshot.elapsed));
    match snapshot.left {
        Some(Left::Time(left)) => line.plain(&format!("{} left", span(left))),
        Some(Left::Sessions(left)) => line.plain(&format!("{} sessions left", count(left))),
        None => {}
    }
    line.plain(&snapshot.run.base_url);
    line.inked(Ink::Dim, &format!("run {}", snapshot.run.id));
    line
}

fn users(snapshot: &Snapshot, paint: Paint) -> Line {
    let mut line = Line::new("users", paint);
    let (alive, planned) = (snapshot.users_alive().max(0) as u64, snapshot.run.users);
    line.inked(
        Ink::Bold,
        &format!("{} of {}", count(alive), count(planned)),
    );
    for (kind, name) in snapshot.types() {
        line.plain(&format!("{name} {}", snapshot.users_of(kind)));
    }
    line
}

fn requests(snapshot: &Snapshot, paint: Paint) -> Line {
    let mut line = Line::new("requests", paint);
    line.inked(Ink::Bold, &count(snapshot.requests().total()));
    line.plain(&format!("{} now", per_second(snapshot.interval.rate())));
    line.plain(&format!("{}/s mean", rate(snapshot.rate())));
    line
}

fn outcomes(snapshot: &Snapshot, paint: Paint) -> Line {
    let requests = snapshot.requests();
    let part = |name, count| format!("{name} {}", share(count, requests.total()));
    let mut line = Line::new("outcomes", paint);
    line.inked(Ink::Good, &part("ok", requests.ok));
    let failed = format!(
        "failed {} ({})",
        count(requests.failed()),
        share(requests.failed(), requests.total())
    );
    if requests.failed() > 0 {
        line.inked(Ink::Bad, &failed)
    } else {
        line.plain(&failed)
    }
    line.inked(Ink::Meant, &part("expected", requests.expected));
    if requests.cancelled > 0 {
        line.plain(&format!("cancelled {}", count(requests.cancelled)));
    }
    line
}

/// Of the last second, as long as anything happened in it; else of the whole run.
fn times(snapshot: &Snapshot, paint: Paint) -> Line {
    let now = snapshot.interval.service();
    let (times, of) = if now.is_empty() {
        (snapshot.service(), "whole run")
    } else {
        (now, "last second")
    };
    let mut line = Line::new("times", paint);
    for (name, quantile) in [("p50", 0.5), ("p95", 0.95), ("p99", 0.99)] {
        line.plain(&format!("{name} {}", percentile(&times, quantile)));
    }
    line.inked(Ink::Dim, of);
    line
}

fn sessions(snapshot: &Snapshot, paint: Paint) -> Line {
    let sessions = snapshot.sessions();
    let mut line = Line::new("sessions", paint);
    line.plain(&format!("{} completed", count(sessions.completed)));
    let failed = format!("{} failed", count(sessions.failed));
    if sessions.failed > 0 {
        line.inked(Ink::Bad, &failed)
    } else {
        line.plain(&failed)
    }
    if sessions.interrupted > 0 {
        line.plain(&format!("{} interrupted", count(sessions.interrupted)));
    }
    line
}

/// What is done to spare the target: nothing is shown where there is nothing.
fn protection(snapshot: &Snapshot, paint: Paint) -> Vec<Line> {
    let mut lines = Vec::new();
    let counts = words::counts(snapshot);
    let level = snapshot.guard.level;
    if level > 0 || !counts.is_empty() {
        let mut line = Line::new("protected", paint);
        if level > 0 {
            line.inked(Ink::Bad, &format!("degraded to level {level}"));
        }
        counts.iter().for_each(|piece| line.plain(piece));
        lines.push(line);
    }
    for (scope, breaker) in snapshot.guard.shut().take(BREAKERS) {
        let mut line = Line::new("breaker", paint);
        line.sentence(
            Ink::Bad,
            &plain::line(&words::shut(snapshot, scope, breaker)),
        );
        lines.push(line);
    }
    lines
}

fn phase(phase: Phase) -> &'static str {
    match phase {
        Phase::Starting => "starting",
        Phase::Running => "running",
        Phase::Paused => "paused",
        Phase::Stopping => "stopping",
        Phase::Cleaning => "cleaning",
        Phase::Done => "done",
    }
}
