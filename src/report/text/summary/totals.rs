//! The totals of a run, in a line each.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::look::Look;
use super::requests::section;
use crate::report::text::{Ink, generator, outputs, protection};
use crate::text;
use crate::view::format::{bytes, count, measured, rate, share, span, time};
use crate::view::{BUILT_IN, Endpoint, RunView, StopCause, WorkerState};

/// Columns of a label and the blank behind it.
const LABEL: usize = 10;

/// Statuses named at most.
const STATUSES: usize = 8;

pub(crate) fn totals(view: &RunView, look: Look) -> String {
    let lines = lines(view, look).into_iter();
    let body: String = lines
        .filter(|(_, words)| !words.is_empty())
        .map(|(label, words)| {
            let label = look.paint.ink(Ink::Dim, &format!("{label:<9}"));
            format!("{label} {}\n", look.wrapped(&words, LABEL))
        })
        .collect();
    section("Totals", &body, look)
}

fn lines(view: &RunView, look: Look) -> Vec<(&'static str, String)> {
    let requests = &view.load.requests;
    let total = requests.outcomes.total;
    let outcomes = requests.outcomes.named().into_iter();
    let outcomes =
        outcomes.filter(|(name, of_it)| matches!(*name, "ok" | "expected") || *of_it > 0);
    let outcomes: Vec<_> = outcomes
        .map(|(name, of_it)| {
            let words = format!("{name} {} ({})", count(of_it), share(of_it, total));
            if matches!(name, "unexpected" | "error") {
                look.paint.ink(Ink::Bad, &words)
            } else {
                words
            }
        })
        .collect();
    let sessions = &view.load.sessions;
    let ended = [
        (sessions.completed, "completed"),
        (sessions.failed, "failed"),
        (sessions.interrupted, "interrupted"),
    ];
    let ended: Vec<_> = ended
        .into_iter()
        .filter(|(sessions, _)| *sessions > 0)
        .map(|(sessions, how)| format!("{} {how}", count(sessions)))
        .collect();
    let sent = requests.bytes_sent.unwrap_or_default();
    let received = requests.bytes_received.unwrap_or_default();
    let stopped = view.ending.stopped_by.as_ref().map(|stop| {
        let words = match stop.cause {
            StopCause::Valve => {
                format!("by its safety valve: {}: {}", stop.rule, stop.figures)
            }
            StopCause::Threshold => {
                format!("by a threshold: {}: {}", stop.rule, stop.figures)
            }
            StopCause::Ledger => format!("{}: {}", stop.rule, stop.figures),
        };
        look.paint.ink(Ink::Bad, &words)
    });
    let generator = generator::verdict(&view.generator).map(|(good, words)| {
        let ink = if good { Ink::Good } else { Ink::Bad };
        look.paint.ink(ink, &words)
    });
    // A folder is known to the person who named it.
    let built_in = match &*view.run.scripts {
        BUILT_IN => BUILT_IN.to_owned(),
        _ => String::new(),
    };
    let not_sent = generator::not_sent(&view.generator);
    let not_sent = not_sent.map(|words| look.paint.ink(Ink::Bad, &words));
    let mut lines = vec![
        ("scripts", built_in),
        ("workers", workers(view, look)),
        ("generator", generator.unwrap_or_default()),
        ("not sent", not_sent.unwrap_or_default()),
        ("stopped", stopped.unwrap_or_default()),
        ("warm-up", warm_up(view)),
        (
            "requests",
            format!("{} ({}/s)", count(total), rate(requests.per_second)),
        ),
        ("outcomes", outcomes.join("  ")),
        ("statuses", statuses(&view.endpoints)),
        (
            "sessions",
            if ended.is_empty() {
                "none ended".to_owned()
            } else {
                ended.join("  ")
            },
        ),
        ("arrivals", arrivals(view, look)),
        ("people", people(view)),
        ("left", left_behind(view)),
        (
            "bytes",
            format!("{} sent  {} received", bytes(sent), bytes(received)),
        ),
    ];
    let mut spared = protection::counts(&view.protection);
    let opens = view.protection.breaker.opens;
    if opens > 0 {
        spared.push(format!("breakers opened {} x", count(opens)));
    }
    lines.push(("protected", spared.join("; ")));
    let missing = view.outputs.iter().filter_map(outputs::sentence);
    lines.extend(missing.map(|words| ("output", look.paint.ink(Ink::Bad, &text::line(&words)))));
    for (label, times) in [
        ("service", &view.load.latency_seconds),
        ("response", &view.load.response_latency_seconds),
    ] {
        if times.count > 0 {
            let figures = [
                ("mean", times.mean),
                ("p50", times.p50),
                ("p90", times.p90),
                ("p95", times.p95),
                ("p99", times.p99),
                ("max", times.max),
            ];
            let words = figures.map(|(name, seconds)| format!("{name} {}", measured(seconds)));
            lines.push((label, words.join("  ")));
        }
    }
    let lag = view.generator.lag_seconds;
    if let (Some(p99), Some(max)) = (lag.p99, lag.max) {
        let (p99, max) = (time(p99), time(max));
        let words = format!("p99 {p99}  max {max} (scheduler lag: how late timers fired)");
        lines.push(("lag", words));
    }
    lines
}

/// Who came in an open crowd; those who found no place stand out.
fn arrivals(view: &RunView, look: Look) -> String {
    let Some(arrivals) = view.load.arrivals else {
        return String::new();
    };
    // Those of the warm-up are left out, and so is its time.
    let seconds = view.parts.measured.seconds.max(f64::MIN_POSITIVE);
    let per_second = arrivals.total as f64 / seconds;
    let came = format!("{} ({}/s)", count(arrivals.total), rate(per_second));
    let dropped = arrivals.dropped;
    if dropped.total == 0 {
        return came;
    }
    let reasons = [
        (dropped.max_users, "over --max-users"),
        (dropped.late, "because this machine was too busy"),
        (dropped.script, "because there was no script to run"),
    ];
    let reasons = reasons.into_iter().filter(|(number, _)| *number > 0);
    let reasons: Vec<_> = reasons
        .map(|(number, why)| format!("{} {why}", count(number)))
        .collect();
    let words = format!(
        "{} DROPPED ({}): {}",
        count(dropped.total),
        share(dropped.total, arrivals.total),
        reasons.join(", ")
    );
    format!("{came}  {}", look.paint.ink(Ink::Bad, &words))
}

/// Who began the sessions, where people come back.
fn people(view: &RunView) -> String {
    let people = view
        .load
        .people
        .into_iter()
        .flat_map(|people| people.named());
    let people = people.filter(|(_, number)| *number > 0);
    let people: Vec<_> = people
        .map(|(kind, number)| format!("{} {kind}", count(number)))
        .collect();
    people.join("  ")
}

/// What is left out of the other figures.
/// The workers of a run on several machines, and what is missing of what they counted.
fn workers(view: &RunView, look: Look) -> String {
    let Some(cluster) = &view.cluster else {
        return String::new();
    };
    let lost = match cluster.count(WorkerState::Lost) {
        0 => String::new(),
        lost => format!(", {lost} lost"),
    };
    let left = match cluster.count(WorkerState::Left) {
        0 => String::new(),
        left => format!(", {left} left"),
    };
    // While a run goes on, its workers have more to say.
    let is_open = cluster.count(WorkerState::Lost) > 0 && !cluster.gap_is_exact;
    let (at_least, unknown) = match is_open {
        true => (
            "at least ",
            "; requests that a lost worker sent after its last heartbeat are unknown",
        ),
        false => ("", ""),
    };
    let arrivals = match cluster.lost_arrivals.unwrap_or(0) {
        0 => String::new(),
        1 => "; 1 arrival was due on a lost worker, which did not report it".to_owned(),
        all => format!(
            "; {} arrivals were due on lost workers, which did not report them",
            count(all)
        ),
    };
    let words = format!(
        "{}{left}{lost}, began within {}; counted {} of {} requests declared, gap {at_least}{}{unknown}{arrivals}",
        cluster.workers.len(),
        time(cluster.start_skew_seconds),
        count(cluster.counted),
        count(cluster.declared),
        count(cluster.gap)
    );
    match cluster.is_whole() {
        true => words,
        false => look.paint.ink(Ink::Bad, &words),
    }
}

fn warm_up(view: &RunView) -> String {
    let part = &view.parts.warm_up;
    if part.seconds == 0.0 {
        return String::new();
    }
    format!(
        "{} with {} requests and {} sessions, left out of what follows",
        span(part.seconds),
        count(part.requests.total),
        count(part.sessions.total)
    )
}

/// What the run created and is still there, and how it goes.
fn left_behind(view: &RunView) -> String {
    let kinds = view.ending.left_behind.iter();
    let kinds: Vec<_> = kinds
        .map(|(kind, things)| format!("{} x{}", text::line(kind), count(*things)))
        .collect();
    if kinds.is_empty() {
        return String::new();
    }
    format!("{} on the target", kinds.join("  "))
}

/// The most frequent first; the rest is in the JSON.
fn statuses(endpoints: &[Endpoint]) -> String {
    let mut counts = BTreeMap::<&str, u64>::new();
    for (status, requests) in endpoints.iter().flat_map(|endpoint| &endpoint.status) {
        *counts.entry(status).or_default() += requests;
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(_, requests)| Reverse(*requests));
    let more = if counts.len() > STATUSES { "  ..." } else { "" };
    let words = counts.iter().take(STATUSES);
    let words: Vec<_> = words
        .map(|(status, requests)| format!("{status} x{}", count(*requests)))
        .collect();
    words.join("  ") + more
}
