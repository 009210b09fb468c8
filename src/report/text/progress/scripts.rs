//! Lines on the scripts as they are now: who has moved, what is tried, why something was refused.

use super::line::Line;
use super::moving::{RECENT, moving, recent};
use super::pairs::pair;
use crate::report::text::{Ink, Paint, plain};
use crate::view::format::{count, figure, span, time, version};
use crate::view::{Canary, Event, Refusal, RunView, UserType};

/// Faults shown at most.
const FAULTS: usize = 3;

/// Events shown at most.
const EVENTS: usize = 2;

/// `scripts  release 3  active 2 -> 3: 45 of 50 moved`, while users move and for a while after.
pub(crate) fn scripts(view: &RunView, paint: Paint) -> Option<Line> {
    let moving = moving(view);
    if moving.is_empty() {
        return None;
    }
    let mut line = Line::new("scripts", paint);
    let release = format!("release {}", view.reload_status.release);
    line.inked(Ink::Bold, &release);
    for of in &moving {
        line.plain(&step(of));
    }
    let took = recent(view).and_then(|last| last.took_seconds);
    if let Some(took) = took.filter(|_| !moving.iter().any(|of| of.is_parted())) {
        line.inked(Ink::Good, &format!("all moved after {}", time(took)));
    }
    Some(line)
}

/// `active 2 -> 3: 45 of 50 moved`
fn step(of: &UserType) -> String {
    let name = &of.name;
    let Some(to) = of.live.newest else {
        return format!("{name} is removed");
    };
    let pair = pair(of);
    let Some(from) = pair.iter().find(|one| one.version != to) else {
        return format!("{name} is added");
    };
    let step = format!("{name} {} -> {}", version(from.version), version(to));
    if !of.is_parted() {
        return step;
    }
    let there = of.versions.iter().find(|one| one.version == to);
    let [there, all] = [there.map_or(0, |one| one.users), of.live.users]
        .map(|users| count(users.max(0).unsigned_abs()));
    format!("{step}: {there} of {all} moved")
}

/// `canary  release 4 on 10 % (5 users)  12 s and 80 steps left`
pub(crate) fn canary(canary: &Canary, paint: Paint) -> Line {
    let mut line = Line::new("canary", paint);
    let users = if canary.users == 1 { "user" } else { "users" };
    line.inked(
        Ink::Bold,
        &format!(
            "release {} on {} % ({} {users})",
            canary.release,
            figure(canary.share * 100.0),
            count(canary.users)
        ),
    );
    let steps = canary.steps_needed.saturating_sub(canary.steps);
    let mut left = Vec::new();
    if canary.left_seconds > 0.0 {
        left.push(span(canary.left_seconds));
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
        .map(|(at, fault)| {
            let mut line = Line::new(if at == 0 { "refused" } else { "" }, paint);
            line.sentence(
                Ink::Bad,
                &plain::line(&format!("{}: {}", fault.place, fault.cause)),
            );
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
    let text = "the saved scripts were rolled back; they wait for a change or a reload command";
    line.sentence(Ink::Bad, text);
    line
}

/// What was done to the run lately and is not said by another line; the newest first.
pub(crate) fn events(view: &RunView, paint: Paint) -> Vec<Line> {
    let refused = view.reload_status.refusal.is_some();
    let said = |event: &Event| event.what == "moved" || (refused && event.what == "refused");
    let events = view.reload_status.events.iter().rev();
    let events = events
        .take_while(|event| view.run.seconds <= event.at_seconds + RECENT)
        .filter(|event| !said(event));
    events
        .take(EVENTS)
        .map(|event| {
            let mut line = Line::new("event", paint);
            let text = format!("{}  {}", span(event.at_seconds), plain::line(&event.text));
            line.sentence(Ink::Dim, &text);
            line
        })
        .collect()
}
