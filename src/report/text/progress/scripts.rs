//! Lines on the scripts as they are now: who has moved, what is tried, why something was refused.

use super::line::Line;
use super::moving::{RECENT, is_parted, moving, recent};
use super::pairs::pair;
use crate::metrics::{Canary, Event, Refusal, Snapshot, TypeId};
use crate::report::{Ink, Paint, plain};
use crate::view::format::{count, figure, span, time, version};

/// Faults shown at most.
const FAULTS: usize = 3;

/// Events shown at most.
const EVENTS: usize = 2;

/// `scripts  release 3  active 2 -> 3: 45 of 50 moved`, while users move and for a while after.
pub(crate) fn scripts(snapshot: &Snapshot, paint: Paint) -> Option<Line> {
    let moving = moving(snapshot);
    if moving.is_empty() {
        return None;
    }
    let mut line = Line::new("scripts", paint);
    let release = format!("release {}", snapshot.reload_status.release);
    line.inked(Ink::Bold, &release);
    for kind in &moving {
        line.plain(&step(snapshot, *kind));
    }
    let took = recent(snapshot).and_then(|last| last.took);
    if let Some(took) = took.filter(|_| !moving.iter().any(|kind| is_parted(snapshot, *kind))) {
        let after = time(took.as_micros() as f64);
        line.inked(Ink::Good, &format!("all moved after {after}"));
    }
    Some(line)
}

/// `active 2 -> 3: 45 of 50 moved`
fn step(snapshot: &Snapshot, kind: TypeId) -> String {
    let name = snapshot.type_name(kind);
    let (Some(to), pair) = (snapshot.versions.get(&kind), pair(snapshot, kind)) else {
        return format!("{name} leaves");
    };
    let Some(from) = pair.iter().find(|one| one.number != *to) else {
        return format!("{name} joins");
    };
    let step = format!("{name} {} -> {}", version(from.number), version(*to));
    if !is_parted(snapshot, kind) {
        return step;
    }
    let there = snapshot.users.get(&kind).and_then(|users| users.get(to));
    let [there, all] = [there.copied().unwrap_or_default(), snapshot.users_of(kind)]
        .map(|users| count(users.max(0) as u64));
    format!("{step}: {there} of {all} moved")
}

/// `canary  release 4 on 10% (5 users)  12 s and 80 steps left`
pub(crate) fn canary(canary: &Canary, paint: Paint) -> Line {
    let mut line = Line::new("canary", paint);
    let users = if canary.users == 1 { "user" } else { "users" };
    line.inked(
        Ink::Bold,
        &format!(
            "release {} on {}% ({} {users})",
            canary.release,
            figure(canary.share * 100.0),
            count(canary.users)
        ),
    );
    let steps = canary.steps_needed.saturating_sub(canary.steps);
    let mut left = Vec::new();
    if !canary.left.is_zero() {
        left.push(span(canary.left));
    }
    if steps > 0 {
        let word = if steps == 1 { "step" } else { "steps" };
        left.push(format!("{} {word}", count(steps)));
    }
    if !left.is_empty() {
        line.plain(&format!("{} left", left.join(" and ")));
    }
    line
}

/// The faults for which the scripts as they are now were refused.
pub(crate) fn refusal(refusal: &Refusal, paint: Paint) -> Vec<Line> {
    let faults = refusal.faults.iter().enumerate().take(FAULTS);
    let mut lines: Vec<_> = faults
        .map(|(at, (place, cause))| {
            let mut line = Line::new(if at == 0 { "refused" } else { "" }, paint);
            line.sentence(Ink::Bad, &plain::line(&format!("{place}: {cause}")));
            line
        })
        .collect();
    let more = refusal.faults.len().saturating_sub(FAULTS);
    if more > 0 {
        let mut line = Line::new("", paint);
        line.inked(Ink::Bad, &format!("+{} more", count(more as u64)));
        lines.push(line);
    }
    lines
}

/// That the folders hold what nobody plays.
pub(crate) fn rolled_back(paint: Paint) -> Line {
    let mut line = Line::new("rollback", paint);
    let text = "the saved scripts were rolled back; they wait for a change or a reload by hand";
    line.sentence(Ink::Bad, text);
    line
}

/// What was done to the run lately and is not said by another line; the newest first.
pub(crate) fn events(snapshot: &Snapshot, paint: Paint) -> Vec<Line> {
    let refused = snapshot.reload_status.refusal.is_some();
    let said = |event: &Event| event.what == "moved" || (refused && event.what == "refused");
    let events = snapshot.reload_status.events.iter().rev();
    let events = events
        .take_while(|event| snapshot.elapsed <= event.at + RECENT)
        .filter(|event| !said(event));
    events
        .take(EVENTS)
        .map(|event| {
            let mut line = Line::new("event", paint);
            let text = format!("{}  {}", span(event.at), plain::line(&event.text));
            line.sentence(Ink::Dim, &text);
            line
        })
        .collect()
}
