//! The scripts: saves that were refused, versions that were rolled back, canaries, errors, quarantine.

use super::facts::Facts;
use super::line::{Place, StatusKind, StatusLine};
use super::words::{counted, left, since};
use crate::view::format::{count, span};
use crate::view::reload_status::{Canary, Event};

pub fn lines(of: &Facts<'_>) -> Vec<StatusLine> {
    [
        refused(of),
        rolled_back(of),
        if of.is_over() {
            all_script_errors(of)
        } else {
            script_errors(of)
        },
        canary(of),
    ]
    .into_iter()
    .flatten()
    .chain(quarantined(of))
    .collect()
}

/// The folders as they are now were refused.
fn refused(of: &Facts<'_>) -> Option<StatusLine> {
    let refusal = of.reload_status.refusal.as_ref()?;
    let first = refusal.faults.first()?;
    let place = first.place.strip_prefix("scripts/").unwrap_or(&first.place);
    let more = match refusal.faults.len() {
        0 | 1 => String::new(),
        all => format!(" (and {} more)", all - 1),
    };
    let when = if of.is_over() {
        "and never fixed".to_owned()
    } else {
        format!("{} ago", since(refusal.at_seconds, of.now()))
    };
    let cause = first.cause.lines().next().unwrap_or_default();
    let text = format!(
        "Save refused: {place}{more}, {when}; release {} goes on: {cause}",
        of.reload_status.release
    );
    let text = if of.is_over() {
        text.replace(" goes on: ", " went on: ")
    } else {
        text
    };
    let line = StatusLine::warning(StatusKind::Refused, Place::Scripts, text);
    Some(line.since(refusal.at_seconds))
}

/// The folders hold scripts that were rolled back.
fn rolled_back(of: &Facts<'_>) -> Option<StatusLine> {
    let status = of.reload_status;
    let mut events = status.events.iter().rev();
    let event = events.find(|event| event.what == "rollback")?;
    if !status.rolled_back {
        return None;
    }
    let text = if of.is_over() {
        format!("Rolled back at {}: {}", span(event.at_seconds), event.text)
    } else {
        let ago = since(event.at_seconds, of.now());
        format!("Rolled back {ago} ago: {}", event.text)
    };
    let is_own = |event: &Event| event.by.is_empty() || event.by == "run";
    let line = if is_own(event) {
        StatusLine::warning(StatusKind::RolledBack, Place::Scripts, text)
    } else {
        StatusLine::info(StatusKind::RolledBack, Place::Scripts, text)
    };
    Some(line.since(event.at_seconds))
}

fn canary(of: &Facts<'_>) -> Option<StatusLine> {
    if of.is_over() {
        return None;
    }
    let Canary {
        release,
        users,
        steps,
        steps_needed,
        left_seconds,
        ..
    } = of.reload_status.canary.as_ref()?;
    let made = if steps < steps_needed {
        format!("{} of {} steps", count(*steps), count(*steps_needed))
    } else {
        format!("all {} steps made", count(*steps_needed))
    };
    let next = if *left_seconds > 0.0 {
        format!("{} left", left(*left_seconds))
    } else {
        "its time is over, then it goes to all users".to_owned()
    };
    let users = counted(*users, "user", "users");
    let text = format!("Canary: {made}, {next}; release {release} with {users}");
    Some(StatusLine::info(StatusKind::Canary, Place::Scripts, text))
}

/// Errors of the last seconds.
fn script_errors(of: &Facts<'_>) -> Option<StatusLine> {
    let errors = of.conditions().script_errors.as_ref()?;
    let text = format!(
        "{} in the last {}: {}: {}",
        counted(errors.count, "script error", "script errors"),
        span(errors.over.as_secs_f64()),
        errors.place,
        errors.message.lines().next().unwrap_or_default()
    );
    let line = StatusLine::warning(StatusKind::ScriptErrors, Place::Scripts, text);
    Some(line.since(errors.since.as_secs_f64()))
}

/// Errors of the whole run.
fn all_script_errors(of: &Facts<'_>) -> Option<StatusLine> {
    let errors = &of.scripts.script_errors;
    let most = errors.iter().max_by_key(|error| error.count)?;
    let all: u64 = errors.iter().map(|error| error.count).sum();
    let text = format!(
        "{}, most of them at {}: {}",
        counted(all, "script error", "script errors"),
        most.place,
        most.message.lines().next().unwrap_or_default()
    );
    let text = if most.count == all {
        text.replacen(", most of them at ", " at ", 1)
    } else {
        text
    };
    Some(StatusLine::warning(
        StatusKind::ScriptErrors,
        Place::Scripts,
        text,
    ))
}

fn quarantined(of: &Facts<'_>) -> Vec<StatusLine> {
    if !of.is_running() {
        return Vec::new();
    }
    let quarantined = of.live.quarantined.iter().map(|(name, until)| {
        let text = format!(
            "Type {name} is in quarantine for {} more, since every session of it failed",
            left(until - of.now())
        );
        StatusLine::warning(StatusKind::Quarantine, Place::Scripts, text)
    });
    quarantined.collect()
}
