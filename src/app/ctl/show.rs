//! What `ctl` prints.

use std::fmt::Write;

use crate::plan::Setting;
use crate::report::text::table::{Cell, Side, Table};
use crate::text;
use crate::view::format::{count, figure, measured, per_second, ratio, span, time};
use crate::view::{BreakerState, Left, Protection};
use crate::web::api::{ErrorBody, Run, Version, Versions};

/// The events that `status` shows.
const EVENTS: usize = 5;

/// ` of 300`, where there is a target.
fn target(users: Option<u64>) -> String {
    users.map_or_else(String::new, |users| format!(" of {users}"))
}

/// A run at a glance.
pub fn status(run: &Run) -> String {
    let mut text = String::new();
    let mut line = |name: &str, value: String| {
        let _ = writeln!(text, "{name:<12} {}", text::line(&value));
    };
    let left = match run.left {
        Some(Left::Seconds(left)) => format!(", {} left", span(left)),
        Some(Left::Sessions(left)) => format!(", {} sessions left", count(left)),
        None => String::new(),
    };
    line(
        "run",
        format!(
            "{} {}, {} old{left}, against {}",
            run.run,
            run.phase.as_str(),
            span(run.elapsed_seconds),
            run.target
        ),
    );
    let types: Vec<String> = run
        .users
        .types
        .iter()
        .map(|of| {
            format!(
                "{} {}{}",
                of.kind,
                of.alive,
                target(of.planned.map(u64::from))
            )
        })
        .collect();
    line(
        "users",
        format!(
            "{}{}: {}",
            run.users.alive,
            target(run.users.planned),
            types.join(", ")
        ),
    );
    if let Some(arrivals) = &run.arrivals {
        line(
            "arrivals",
            format!(
                "{} planned now; {} so far, {} dropped",
                per_second(Some(arrivals.planned)),
                count(arrivals.total),
                count(arrivals.dropped)
            ),
        );
    }
    if let Some(workers) = &run.workers {
        let obeyed = match workers.obeyed == workers.at_work {
            true => String::new(),
            false => format!(
                "; {} of {} have applied the last command",
                workers.obeyed, workers.at_work
            ),
        };
        let lost = match workers.lost_arrivals.unwrap_or(0) {
            0 => String::new(),
            lost => format!("; {} arrival(s) lost with a worker", count(lost)),
        };
        line(
            "workers",
            format!(
                "{} of {} at work{obeyed}{lost}",
                workers.at_work, workers.wanted
            ),
        );
    }
    let requests = &run.requests;
    line(
        "requests",
        format!(
            "{}, {} now; failures {} now, {} over all",
            count(requests.total),
            per_second(run.rates.requests),
            ratio(run.rates.failures),
            ratio(run.rates.failures_mean)
        ),
    );
    if let (Some(p50), Some(p95), Some(p99)) = (
        run.latency_seconds.p50,
        run.latency_seconds.p95,
        run.latency_seconds.p99,
    ) {
        let [p50, p95, p99] = [p50, p95, p99].map(time);
        line(
            "times",
            format!("p50 {p50}, p95 {p95}, p99 {p99} in the last second"),
        );
    }
    for (name, value) in protection(&run.protection) {
        line(name, value);
    }
    let weights: Vec<String> = run
        .settings
        .weights
        .iter()
        .map(|(name, weight)| format!("{name} {}", figure(*weight)))
        .collect();
    let numbers: Vec<String> = Setting::ALL
        .into_iter()
        .filter_map(|setting| {
            let value = run.settings.numbers.get(setting.name())?;
            Some(format!("{} {}", setting.name(), figure(*value)))
        })
        .collect();
    line(
        "settings",
        format!("{}, weights {}", numbers.join(", "), weights.join(", ")),
    );
    let reload_status = &run.reload_status;
    let last = reload_status
        .last
        .as_ref()
        .map(|last| match last.took_seconds {
            Some(took) => format!(", the last user moved after {}", time(took)),
            None => ", users are moving".to_owned(),
        });
    line(
        "scripts",
        format!(
            "release {}{}",
            reload_status.release,
            last.unwrap_or_default()
        ),
    );
    if let Some(canary) = &reload_status.canary {
        let missing = canary.steps_needed.saturating_sub(canary.steps);
        let waits = match (canary.left_seconds > 0.0, missing) {
            (true, _) => format!("{} left", span(canary.left_seconds)),
            (false, missing) => format!("its time is up, it waits for {} more", count(missing)),
        };
        line(
            "canary",
            format!(
                "release {} on {} users of {}: {} of {} steps, {waits}",
                canary.release,
                canary.users,
                canary.types.join(", "),
                count(canary.steps),
                count(canary.steps_needed),
            ),
        );
    }
    if reload_status.rolled_back {
        let words = "the scripts in the folder were rolled back; change one, or throng ctl reload";
        line("rolled back", words.to_owned());
    }
    if let Some(restarted) = reload_status
        .moved
        .get("restarted")
        .filter(|users| **users > 0)
    {
        let words = "users could not take their state along and began again";
        line("moved", format!("{} {words}", count(*restarted)));
    }
    for fault in reload_status
        .refusal
        .iter()
        .flat_map(|refusal| &refusal.faults)
    {
        line("refused", format!("{}: {}", fault.place, fault.cause));
    }
    let events = &reload_status.events;
    for event in &events[events.len().saturating_sub(EVENTS)..] {
        line(
            &format!("at {}", span(event.at_seconds)),
            match event.by.as_str() {
                "" | "run" => format!("{}: {}", event.what, event.text),
                by => format!("{} by {by}: {}", event.what, event.text),
            },
        );
    }
    text
}

/// What is done to spare the target, where anything is.
fn protection(protection: &Protection) -> Vec<(&'static str, String)> {
    let mut lines = Vec::new();
    let mut told = Vec::new();
    if protection.degradation.level > 0 {
        told.push(format!(
            "degraded to level {}",
            protection.degradation.level
        ));
    }
    for (requests, what) in [
        (protection.throttled.requests, "waited for the rate"),
        (protection.connections.requests, "waited for a connection"),
        (protection.breaker.waits.requests, "waited for a breaker"),
        (protection.breaker.not_sent, "not sent"),
        (protection.retries, "retried"),
        (protection.stale_retries, "retried on a new connection"),
        (protection.degradation.steps_skipped, "heavy steps skipped"),
    ] {
        if requests > 0 {
            told.push(format!("{} {what}", count(requests)));
        }
    }
    if !told.is_empty() {
        lines.push(("protection", told.join(", ")));
    }
    for breaker in &protection.breaker.scopes {
        let state = match (breaker.state, breaker.tries_in_seconds) {
            (BreakerState::Closed, _) => continue,
            (BreakerState::HalfOpen, _) => "is half-open".to_owned(),
            (BreakerState::Open, left) => format!(
                "is open, tries again in {}",
                span(left.unwrap_or_default().ceil())
            ),
        };
        lines.push(("breaker", format!("{} {state}", breaker.name)));
    }
    lines
}

/// Old and new side by side.
pub fn versions(all: &Versions) -> String {
    let mut table = Table::new(&[
        ("type", Side::Left),
        ("version", Side::Right),
        ("", Side::Left),
        ("users", Side::Right),
        ("requests", Side::Right),
        ("failed", Side::Right),
        ("p50", Side::Right),
        ("p95", Side::Right),
        ("p99", Side::Right),
        ("steps", Side::Right),
        ("script errors", Side::Right),
    ]);
    for of in &all.types {
        for one in &of.versions {
            let times = [one.p50_seconds, one.p95_seconds, one.p99_seconds];
            let [p50, p95, p99] = times.map(measured);
            let cells = [
                of.kind.clone(),
                number(one.version),
                standing(one).to_owned(),
                one.users.to_string(),
                count(one.requests.total),
                ratio(one.failure_rate),
                p50,
                p95,
                p99,
                count(one.steps),
                count(one.script_errors),
            ];
            table.row(cells.map(Cell::from).into());
        }
    }
    format!("release {}\n\n{}", all.release, table.plain())
}

/// Why the run refused.
pub fn trouble(trouble: &ErrorBody) -> String {
    let mut text = format!("{}\n", text::line(&trouble.error));
    for fault in &trouble.faults {
        let remedy = fault.remedy.as_ref().map(|remedy| format!("; {remedy}"));
        let _ = writeln!(
            text,
            "  {}: {}{}",
            text::line(&fault.place),
            text::line(&fault.cause),
            text::line(&remedy.unwrap_or_default())
        );
    }
    text
}

fn number(version: u32) -> String {
    match version {
        0 => "older".to_owned(),
        number => number.to_string(),
    }
}

fn standing(one: &Version) -> &'static str {
    match (one.current, one.canary) {
        (true, _) => "current",
        (false, true) => "canary",
        (false, false) => "",
    }
}
