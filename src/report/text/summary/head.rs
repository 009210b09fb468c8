//! The run as a whole.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::look::Look;
use crate::metrics::{BUILT_IN, Outcome, Snapshot, Status, StopCause};
use crate::report::{Ink, generator, protection};
use crate::text;
use crate::view::format::{bytes, count, rate, share, span, time};

/// Columns of a label and the blank behind it.
const LABEL: usize = 10;

/// Statuses named at most.
const STATUSES: usize = 8;

pub(crate) fn head(snapshot: &Snapshot, look: Look) -> String {
    let run = &snapshot.run;
    let title = format!("throng {}  run {}  seed {}", run.version, run.id, run.seed);
    let mut text = format!("{}\n", look.paint.ink(Ink::Bold, &title));
    let users = if run.users == 1 { "user" } else { "users" };
    text += &format!(
        "{} {users} against {} for {}\n\n",
        count(run.users),
        text::line(&run.base_url),
        span(snapshot.elapsed)
    );
    for (label, words) in lines(snapshot, look)
        .into_iter()
        .filter(|(_, words)| !words.is_empty())
    {
        text += &format!(
            "{} {}\n",
            look.paint.ink(Ink::Dim, &format!("{label:<9}")),
            look.wrapped(&words, LABEL)
        );
    }
    text
}

fn lines(snapshot: &Snapshot, look: Look) -> Vec<(&'static str, String)> {
    let requests = snapshot.requests();
    let total = requests.total();
    let outcomes = Outcome::ALL.into_iter().filter(|outcome| {
        matches!(outcome, Outcome::Ok | Outcome::Expected) || requests.get(*outcome) > 0
    });
    let outcomes: Vec<_> = outcomes
        .map(|outcome| {
            let of_it = requests.get(outcome);
            let words = format!(
                "{} {} ({})",
                outcome.as_str(),
                count(of_it),
                share(of_it, total)
            );
            if outcome.failed() {
                look.paint.ink(Ink::Bad, &words)
            } else {
                words
            }
        })
        .collect();
    let sessions = snapshot.sessions();
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
    let (sent, received) = snapshot.bytes();
    let stopped = snapshot.stopped_by.as_ref().map(|stop| {
        let words = match stop.cause {
            StopCause::Valve => {
                format!("by its safety valve: {}: {}", stop.rule, stop.figures)
            }
            StopCause::Ledger => format!("{}: {}", stop.rule, stop.figures),
        };
        look.paint.ink(Ink::Bad, &words)
    });
    let generator = generator::verdict(snapshot).map(|(good, words)| {
        let ink = if good { Ink::Good } else { Ink::Bad };
        look.paint.ink(ink, &words)
    });
    // A folder is known to the person who named it.
    let built_in = match &*snapshot.run.scripts {
        BUILT_IN => BUILT_IN.to_owned(),
        _ => String::new(),
    };
    let not_sent = generator::not_sent(snapshot);
    let not_sent = not_sent.map(|words| look.paint.ink(Ink::Bad, &words));
    let mut lines = vec![
        ("scripts", built_in),
        ("generator", generator.unwrap_or_default()),
        ("not sent", not_sent.unwrap_or_default()),
        ("stopped", stopped.unwrap_or_default()),
        (
            "requests",
            format!("{} ({}/s)", count(total), rate(snapshot.rate())),
        ),
        ("outcomes", outcomes.join("  ")),
        ("statuses", statuses(snapshot)),
        (
            "sessions",
            if ended.is_empty() {
                "none ended".to_owned()
            } else {
                ended.join("  ")
            },
        ),
        ("left", left_behind(snapshot)),
        (
            "bytes",
            format!("{} sent  {} received", bytes(sent), bytes(received)),
        ),
    ];
    let mut spared = protection::counts(snapshot);
    let opens = snapshot.guard.opens();
    if opens > 0 {
        spared.push(format!("breakers opened {} x", count(opens)));
    }
    lines.push(("protected", spared.join("; ")));
    for (label, times) in [
        ("service", snapshot.service()),
        ("response", snapshot.response()),
    ] {
        if times.is_empty() {
            continue;
        }
        let at = |quantile| time(times.quantile(quantile) as f64);
        lines.push((
            label,
            format!(
                "mean {}  p50 {}  p90 {}  p95 {}  p99 {}  max {}",
                time(times.mean()),
                at(0.5),
                at(0.9),
                at(0.95),
                at(0.99),
                time(times.max() as f64),
            ),
        ));
    }
    if !snapshot.totals.lag.is_empty() {
        let lag = &snapshot.totals.lag;
        lines.push((
            "lag",
            format!(
                "p99 {}  max {} (how late throng's own timers were)",
                time(lag.quantile(0.99) as f64),
                time(lag.max() as f64),
            ),
        ));
    }
    lines
}

/// What the run created and is still there, and how it goes.
fn left_behind(snapshot: &Snapshot) -> String {
    let kinds = snapshot.left_behind.iter();
    let kinds: Vec<_> = kinds
        .map(|(kind, things)| format!("{} x{}", text::line(kind), count(*things)))
        .collect();
    if kinds.is_empty() {
        return String::new();
    }
    format!("{} on the target", kinds.join("  "))
}

/// The most frequent first; the rest is in the JSON.
fn statuses(snapshot: &Snapshot) -> String {
    let mut counts = BTreeMap::<Status, u64>::new();
    for totals in snapshot.totals.series.values() {
        for (status, outcomes) in &totals.statuses {
            *counts.entry(*status).or_default() += outcomes.total();
        }
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
