//! The crowd and the machine that plays it: sessions, arrivals, users short of the plan, the generator, the ledger.

use super::facts::Facts;
use super::line::{Place, StatusKind, StatusLine};
use super::words::{counted, since};
use crate::metrics::{DropReason, GeneratorVerdict, StopCause};
use crate::view::format::{count, reason, share, span};

/// The share of the requests from which those that were not sent are more than a warning.
const RARE: f64 = 0.01;

pub fn lines(of: &Facts<'_>) -> Vec<StatusLine> {
    let mut lines: Vec<StatusLine> = [stopped(of), not_sent(of), sessions(of), ledger(of)]
        .into_iter()
        .flatten()
        .collect();
    lines.extend(generator(of));
    lines.extend(dropped(of));
    lines.extend(left_behind(of));
    if of.is_running() {
        lines.extend(below_plan(of));
        lines.extend(shedding(of));
    }
    lines
}

/// Why the run ended itself.
fn stopped(of: &Facts<'_>) -> Option<StatusLine> {
    let stopped = of.ending.stopped_by.as_ref()?;
    let what = match stopped.cause {
        StopCause::Valve => "a stop rule",
        StopCause::Threshold => "a threshold",
        StopCause::Ledger => "the ledger",
    };
    let text = format!(
        "Run ended by {what} at {}: {}: {}",
        span(stopped.at_seconds),
        stopped.rule,
        stopped.figures
    );
    let line = StatusLine::critical(StatusKind::Stopped, Place::Events, text);
    Some(line.since(stopped.at_seconds))
}

/// Requests that this machine could not send.
fn not_sent(of: &Facts<'_>) -> Option<StatusLine> {
    let not_sent = &of.generator.not_sent;
    let most = not_sent.iter().max_by_key(|one| one.count)?;
    let all: u64 = not_sent.iter().map(|one| one.count).sum();
    let requests = counted(all, "request", "requests");
    let sent = of.load.requests.outcomes.total;
    let text = format!(
        "This machine could not send {requests} so far: {}",
        most.reason
    );
    let text = if of.is_over() {
        text.replacen(" so far: ", ": ", 1)
    } else {
        text
    };
    let is_rare = (all as f64) < (sent + all) as f64 * RARE;
    let line = if is_rare {
        StatusLine::warning
    } else {
        StatusLine::critical
    };
    Some(line(StatusKind::NotSent, Place::Overview, text))
}

/// Sessions that all fail.
fn sessions(of: &Facts<'_>) -> Option<StatusLine> {
    let ended = &of.load.sessions;
    if of.is_over() {
        if ended.failed == 0 || ended.completed + ended.interrupted > 0 {
            return None;
        }
        let reasons = ended.failures.iter().flatten();
        let most = reasons.max_by_key(|one| one.count)?;
        let text = format!(
            "Every session failed: {} of {}, {}",
            count(ended.failed),
            count(ended.total),
            reason(&most.reason)
        );
        let line = StatusLine::critical(StatusKind::SessionsFail, Place::Failures, text);
        return Some(line);
    }
    let failing = of.conditions().sessions.as_ref();
    let failing = failing.filter(|_| of.is_running())?;
    let began = failing.since.as_secs_f64();
    let text = format!(
        "Every session fails: {} in {}, {}",
        count(failing.failed),
        since(began, of.now()),
        reason(&failing.reason)
    );
    let line = StatusLine::critical(StatusKind::SessionsFail, Place::Failures, text);
    Some(line.since(began))
}

fn ledger(of: &Facts<'_>) -> Option<StatusLine> {
    let trouble = of.conditions().ledger.as_ref()?;
    let began = trouble.since.as_secs_f64();
    let (line, text): (fn(_, _, String) -> StatusLine, String) = if trouble.refuses {
        let text = format!(
            "Ledger cannot be written, so nothing may be created: {}",
            trouble.why
        );
        (StatusLine::critical, text)
    } else {
        let text = format!(
            "Ledger cannot be written, so what is created is kept in memory: {}",
            trouble.why
        );
        (StatusLine::warning, text)
    };
    Some(line(StatusKind::Ledger, Place::Events, text).since(began))
}

/// What the figures are worth: seconds in which throng itself did not keep up, and what else makes them doubtful.
fn generator(of: &Facts<'_>) -> Option<StatusLine> {
    let (overloaded, judged) = (of.generator.overloaded_seconds, of.generator.judged_seconds);
    let now = of.conditions().overloaded_since.filter(|_| of.is_running());
    let verdict = of.generator.verdict;
    let verdict = verdict.filter(|verdict| *verdict != GeneratorVerdict::Valid);
    let mut text = if overloaded > 0 && (verdict.is_some() || now.is_some()) {
        format!("Generator overloaded in {overloaded} of {judged} s")
    } else {
        let (verdict, first) = (verdict?, of.generator.reasons.first()?);
        format!(
            "Figures of the run are {}: {}",
            verdict.as_str(),
            first.text
        )
    };
    if let Some(began) = now {
        let lasts = since(began.as_secs_f64(), of.now());
        text += &format!(", for {lasts} now");
    }
    let line = match verdict {
        Some(GeneratorVerdict::Invalid) => StatusLine::critical,
        _ => StatusLine::warning,
    };
    let line = line(StatusKind::Generator, Place::Overview, text);
    Some(match now {
        Some(began) => line.since(began.as_secs_f64()),
        None => line,
    })
}

/// Arrivals of an open crowd that began no session.
fn dropped(of: &Facts<'_>) -> Option<StatusLine> {
    let why = |reason: DropReason| match reason {
        DropReason::MaxUsers => "as many users as --max-users allows were there",
        DropReason::Late => "this machine was too busy",
        DropReason::Script => "their type had no script to run",
    };
    let kind = StatusKind::DroppedArrivals;
    if of.is_over() {
        let arrivals = of.load.arrivals.as_ref()?;
        let dropped = &arrivals.dropped;
        let by = [
            (dropped.max_users, DropReason::MaxUsers),
            (dropped.late, DropReason::Late),
            (dropped.script, DropReason::Script),
        ];
        let (most, reason) = by.into_iter().max_by_key(|(number, _)| *number)?;
        let text = format!(
            "{} of {} arrivals dropped ({}): {}",
            count(dropped.total),
            count(arrivals.total),
            share(dropped.total, arrivals.total),
            why(reason)
        );
        return (most > 0).then(|| StatusLine::warning(kind, Place::Overview, text));
    }
    let dropping = of.conditions().dropping.as_ref();
    let dropping = dropping.filter(|_| of.is_running())?;
    let text = format!(
        "{} of {} arrivals dropped in the last {}: {}",
        count(dropping.dropped),
        count(dropping.arrivals),
        span(dropping.over.as_secs_f64()),
        why(dropping.reason)
    );
    let line = StatusLine::warning(kind, Place::Overview, text);
    Some(line.since(dropping.since.as_secs_f64()))
}

fn below_plan(of: &Facts<'_>) -> Option<StatusLine> {
    let began = of.conditions().below_plan_since?.as_secs_f64();
    let planned = of.planned_users?;
    let users = of.live.users.max(0).unsigned_abs();
    let text = format!(
        "{} of {} active for {}",
        count(users),
        counted(planned, "planned user", "planned users"),
        since(began, of.now())
    );
    let line = StatusLine::warning(StatusKind::BelowPlan, Place::Controls, text);
    Some(line.since(began))
}

fn shedding(of: &Facts<'_>) -> Option<StatusLine> {
    let began = of.conditions().shedding_since?.as_secs_f64();
    let degradation = &of.protection.degradation;
    let text = format!(
        "Load shedding at level {} of 3 for {}: {} skipped so far",
        degradation.level,
        since(began, of.now()),
        counted(degradation.steps_skipped, "heavy step", "heavy steps")
    );
    let line = StatusLine::warning(StatusKind::LoadShedding, Place::Controls, text);
    Some(line.since(began))
}

/// What the run created and did not delete.
fn left_behind(of: &Facts<'_>) -> Option<StatusLine> {
    let left = &of.ending.left_behind;
    let all: u64 = left.values().sum();
    if all == 0 {
        return None;
    }
    let kinds: Vec<String> = left
        .iter()
        .map(|(kind, number)| format!("{} {kind}", count(*number)))
        .collect();
    let things = counted(all, "thing is", "things are");
    let text = format!(
        "{things} still on the target: {}; throng cleanup --run {} deletes them",
        kinds.join(", "),
        of.run.id
    );
    // Without a clean-up it was meant to stay.
    let line = if of.conditions().has_cleaned {
        StatusLine::warning
    } else {
        StatusLine::info
    };
    Some(line(StatusKind::LeftBehind, Place::Overview, text))
}
