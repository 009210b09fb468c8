//! The lines of the live display, for a width.

use super::line::Line;
use super::room::Room;
use super::{endpoints, pairs, scripts, top};
use crate::report::text::bar::sparkline;
use crate::report::text::{Ink, Paint, plain, protection as words};
use crate::view::format::{count, measured, per_second, rate, share};
use crate::view::{Note, Protection, RunView};

/// Failures shown at most.
const FAILURES: usize = 3;

/// Columns of the chart of the last seconds.
const CHART: usize = 30;

/// Circuit breakers shown at most.
const BREAKERS: usize = 3;

/// Script errors shown at most.
const SCRIPT_ERRORS: usize = 3;

/// The display in lines, each at most `room.width` columns wide: what is wrong first. What does not fit is left out from the
/// right, where the less important things are, and from the bottom.
pub fn frame(view: &RunView, room: &Room<'_>) -> Vec<String> {
    let Room { width, paint, .. } = *room;
    let mut above = top::status(view, room);
    above.push(top::head(view, paint).fitted(width));
    if let Some(page) = room.page {
        let mut line = Line::new("page", paint);
        line.plain(page);
        above.push(line.fitted(width));
    }
    let figures = [
        users(view, paint),
        requests(view, room),
        outcomes(view, paint),
        times(view, paint),
    ];
    above.extend(figures.iter().map(|line| line.fitted(width)));
    above.extend(top::thresholds(view, room));
    let below = below(view, paint);
    above.extend(below.iter().map(|line| line.fitted(width)));
    let free = room.lines().saturating_sub(above.len());
    above.extend(endpoints::endpoints(view, width, free, paint));
    above
}

/// What is there in some runs only.
fn below(view: &RunView, paint: Paint) -> Vec<Line> {
    let mut lines = vec![sessions(view, paint)];
    lines.extend(protection(&view.protection, paint));
    lines.extend(scripts::scripts(view, paint));
    let reload_status = &view.reload_status;
    let canary = reload_status.canary.iter();
    lines.extend(canary.map(|canary| scripts::canary(canary, paint)));
    if reload_status.rolled_back {
        lines.push(scripts::rolled_back(paint));
    }
    let refusal = reload_status.refusal.iter();
    lines.extend(refusal.flat_map(|refusal| scripts::refusal(refusal, paint)));
    lines.extend(pairs::pairs(view, paint));
    lines.extend(last_failures(view).map(|text| {
        let mut line = Line::new("failure", paint);
        line.sentence(Ink::Bad, &plain::line(text));
        line
    }));
    let errors = view.scripts.script_errors.iter().rev().take(SCRIPT_ERRORS);
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
    lines.extend(scripts::events(view, paint));
    lines
}

/// The last ones, newest first; one of a kind at an endpoint says enough.
fn last_failures(view: &RunView) -> impl Iterator<Item = &str> {
    let mut distinct: Vec<&Note> = Vec::new();
    for note in &view.live.failures {
        let is_known = |seen: &&Note| {
            (&seen.method, &seen.name, &seen.what) == (&note.method, &note.name, &note.what)
        };
        if !distinct.iter().any(is_known) {
            distinct.push(note);
        }
    }
    distinct
        .into_iter()
        .take(FAILURES)
        .map(|note| note.text.as_str())
}

fn users(view: &RunView, paint: Paint) -> Line {
    let mut line = Line::new("users", paint);
    let alive = count(view.live.users.max(0).unsigned_abs());
    let planned = view
        .planned_users()
        .map(|users| format!(" of {}", count(users)));
    line.inked(Ink::Bold, &(alive + &planned.unwrap_or_default()));
    if let Some(arrivals) = view.live.planned_arrivals {
        line.plain(&format!("{} arrivals/s planned", rate(arrivals)));
    }
    for of in &view.types {
        line.plain(&format!("{} {}", of.name, of.live.users));
    }
    if view.away() > 0 {
        line.plain(&format!("{} away", count(view.away())));
    }
    line
}

fn requests(view: &RunView, room: &Room<'_>) -> Line {
    let mut line = Line::new("requests", room.paint);
    let requests = &view.load.requests;
    line.inked(Ink::Bold, &count(requests.outcomes.total));
    let now = view.live.interval.per_second;
    line.plain(&format!("{} now", per_second(now)));
    line.plain(&format!("{}/s mean", rate(requests.per_second)));
    let chart = sparkline(room.rates, CHART);
    if !chart.trim().is_empty() {
        line.inked(Ink::Meant, &chart);
    }
    line
}

fn outcomes(view: &RunView, paint: Paint) -> Line {
    let requests = &view.load.requests.outcomes;
    let part = |name, count| format!("{name} {}", share(count, requests.total));
    let mut line = Line::new("outcomes", paint);
    line.inked(Ink::Good, &part("ok", requests.ok));
    let failed = format!(
        "failed {} ({})",
        count(requests.failed()),
        share(requests.failed(), requests.total)
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
fn times(view: &RunView, paint: Paint) -> Line {
    let now = &view.live.interval.latency_seconds;
    let (times, of) = if now.count == 0 {
        (&view.load.latency_seconds, "whole run")
    } else {
        (now, "last second")
    };
    let mut line = Line::new("times", paint);
    for (name, seconds) in [("p50", times.p50), ("p95", times.p95), ("p99", times.p99)] {
        line.plain(&format!("{name} {}", measured(seconds)));
    }
    line.inked(Ink::Dim, of);
    line
}

fn sessions(view: &RunView, paint: Paint) -> Line {
    let sessions = &view.load.sessions;
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
    if let Some(arrivals) = view.load.arrivals {
        line.plain(&format!("{} arrivals", count(arrivals.total)));
        let dropped = arrivals.dropped.total;
        if dropped > 0 {
            line.inked(Ink::Bad, &format!("{} dropped", count(dropped)));
        }
    }
    line
}

/// What is done to spare the target: nothing is shown where there is nothing.
fn protection(protection: &Protection, paint: Paint) -> Vec<Line> {
    let mut lines = Vec::new();
    let counts = words::counts(protection);
    let level = protection.degradation.level;
    if level > 0 || !counts.is_empty() {
        let mut line = Line::new("protected", paint);
        if level > 0 {
            line.inked(Ink::Bad, &format!("degraded to level {level}"));
        }
        counts.iter().for_each(|piece| line.plain(piece));
        lines.push(line);
    }
    for breaker in protection.shut().take(BREAKERS) {
        let mut line = Line::new("breaker", paint);
        line.sentence(Ink::Bad, &plain::line(&words::shut(breaker)));
        lines.push(line);
    }
    lines
}
