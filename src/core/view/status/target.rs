//! The target: whether it can be reached, whether it responds, what fails.

use super::facts::Facts;
use super::line::{Place, StatusKind, StatusLine};
use super::words::{counted, left, since};
use crate::plan::{Measure, Rule, Subject};
use crate::view::BreakerState;
use crate::view::format::{count, reason, share, span};
use crate::view::protection::Breaker;

/// Endpoints whose circuit breaker is open that are named one by one.
const ENDPOINTS: usize = 3;
/// The share of failed requests from which something is wrong, and from which the run is.
const WRONG: f64 = 0.01;
const MOSTLY: f64 = 0.5;
/// Fewer failures may be accidents.
const LEAST_FAILURES: u64 = 3;

pub fn lines(of: &Facts<'_>) -> Vec<StatusLine> {
    let mut lines = breakers(of);
    let is_shut = lines
        .iter()
        .any(|line| line.kind == StatusKind::CircuitOpen);
    if of.is_over() {
        lines.extend(at_the_end(of));
        return lines;
    }
    if !of.is_running() {
        return lines;
    }
    let now = of.now();
    let conditions = of.conditions();
    if let Some(silent) = conditions.silent.as_ref().filter(|_| !is_shut) {
        let began = silent.since.as_secs_f64();
        let text = format!(
            "Target does not respond: no response for {}, {}",
            since(began, now),
            reason(&silent.reason)
        );
        let line = StatusLine::critical(StatusKind::NoResponse, Place::Failures, text);
        lines.push(line.since(began));
    } else if let Some(idle) = conditions.idle_since.filter(|_| !is_shut) {
        let began = idle.as_secs_f64();
        let users = of.live.users.max(0).unsigned_abs();
        let text = format!(
            "No request ended for {}, with {} active",
            since(began, now),
            counted(users, "user", "users")
        );
        let line = StatusLine::warning(StatusKind::NoRequests, Place::Overview, text);
        lines.push(line.since(began));
    }
    if conditions.silent.is_none() && !is_shut {
        lines.extend(failing(of));
    }
    lines.extend(stop_rule(of));
    lines
}

/// Circuit breakers that are not closed: of hosts, and of endpoints.
fn breakers(of: &Facts<'_>) -> Vec<StatusLine> {
    let mut lines = Vec::new();
    if !of.is_running() && !of.is_over() {
        return lines;
    }
    let (hosts, endpoints): (Vec<_>, Vec<_>) = of
        .protection
        .shut()
        .partition(|breaker| breaker.kind == "host");
    for host in hosts {
        lines.push(breaker(of, host, StatusLine::critical));
    }
    for endpoint in endpoints.iter().take(ENDPOINTS) {
        lines.push(breaker(of, endpoint, StatusLine::warning));
    }
    if let Some(more @ 1..) = endpoints.len().checked_sub(ENDPOINTS) {
        let endpoints = counted(more as u64, "more endpoint", "more endpoints");
        let text = format!("{endpoints} unavailable: circuit open");
        lines.push(StatusLine::warning(
            StatusKind::CircuitOpen,
            Place::Endpoints,
            text,
        ));
    }
    lines
}

fn breaker(
    of: &Facts<'_>,
    breaker: &Breaker,
    line: impl Fn(StatusKind, Place, String) -> StatusLine,
) -> StatusLine {
    let is_host = breaker.kind == "host";
    let is_target = is_host && of.run.base_url.starts_with(&breaker.name);
    let name = if is_target { "Target" } else { &breaker.name };
    let has_failed = breaker.opens > 0;
    let silent = of.conditions().silent.as_ref().filter(|_| is_target);
    let why = match silent {
        Some(silent) => format!(" ({})", reason(&silent.reason)),
        None if has_failed => String::new(),
        None => " (it sent Retry-After)".to_owned(),
    };
    let place = if is_host {
        Place::Overview
    } else {
        Place::Endpoints
    };
    let open = breaker.shut_since_seconds.map_or_else(
        || "circuit open".to_owned(),
        |began| format!("circuit open for {}", since(began, of.now())),
    );
    let text = if of.is_over() {
        format!("{name} was unavailable when the run ended{why}: {open}")
    } else {
        let next = match (breaker.state, breaker.tries_in_seconds) {
            (BreakerState::HalfOpen, _) if breaker.is_tried => {
                ", a request tries it now".to_owned()
            }
            (BreakerState::HalfOpen, _) => ", the next request tries it".to_owned(),
            (_, Some(seconds)) => format!(", next try in {}", left(seconds)),
            (_, None) => String::new(),
        };
        format!("{name} unavailable{why}: {open}{next}")
    };
    let line = line(StatusKind::CircuitOpen, place, text);
    match breaker.shut_since_seconds {
        Some(began) => line.since(began),
        None => line,
    }
}

/// Failed requests of the last seconds, unless a threshold says how many may fail.
fn failing(of: &Facts<'_>) -> Option<StatusLine> {
    let failing = of.conditions().failing.as_ref()?;
    let part = failing.failed as f64 / failing.requests.max(1) as f64;
    if failing.failed < LEAST_FAILURES || part < WRONG || part < MOSTLY && is_judged(of) {
        return None;
    }
    let began = failing.since.as_secs_f64();
    let most = failing.most.as_ref().map(|most| {
        let place = if most.count == failing.failed {
            ""
        } else {
            "most "
        };
        format!(", {place}{} at {}", reason(&most.reason), most.operation)
    });
    let text = format!(
        "{} of requests failed in the last {}{}",
        share(failing.failed, failing.requests),
        span(failing.over.as_secs_f64()),
        most.unwrap_or_default()
    );
    let line = if part < MOSTLY {
        StatusLine::warning(StatusKind::Failures, Place::Failures, text)
    } else {
        StatusLine::critical(StatusKind::Failures, Place::Failures, text)
    };
    Some(line.since(began))
}

/// Whether a threshold says how many requests may fail.
fn is_judged(of: &Facts<'_>) -> bool {
    let rules = of.thresholds.iter().map(|one| one.rule.parse::<Rule>());
    rules.flatten().any(|rule| {
        rule.measure == Measure::Failed
            && matches!(rule.selector.subject(), Subject::Run | Subject::Requests)
    })
}

/// The stop rule that is met soonest.
fn stop_rule(of: &Facts<'_>) -> Option<StatusLine> {
    let rule = of.conditions().stop_rules.first()?;
    let (held, needed) = (rule.held.as_secs_f64(), rule.needed.as_secs_f64());
    // The first seconds may be an accident.
    if held < 3.0 || held >= needed {
        return None;
    }
    let text = format!(
        "Stop rule ends the run in {} unless this changes: {}, {} for {}",
        left(needed - held),
        rule.rule,
        rule.figure,
        span(held)
    );
    let line = StatusLine::critical(StatusKind::StopRule, Place::Overview, text);
    Some(line.since((of.now() - held).max(0.0)))
}

/// What came of it in the whole run.
fn at_the_end(of: &Facts<'_>) -> Option<StatusLine> {
    let requests = &of.load.requests.outcomes;
    let most = of.failure_groups.first();
    let why = most.map_or_else(String::new, |most| {
        let rare = if most.count == requests.failed() {
            ""
        } else {
            "most "
        };
        format!(
            ", {rare}{} at {} {}",
            reason(&most.reason),
            most.method,
            most.name
        )
    });
    let answered = requests.ok + requests.expected + requests.unexpected;
    if answered == 0 && requests.error > 0 {
        let text = format!(
            "Target never responded: {} failed, {}",
            counted(requests.error, "request", "requests"),
            most.map_or("no response", |most| reason(&most.reason))
        );
        let line = StatusLine::critical(StatusKind::NoResponse, Place::Failures, text);
        return Some(line);
    }
    let part = requests.failure_rate()?;
    if requests.failed() < LEAST_FAILURES || part < WRONG || part < MOSTLY && is_judged(of) {
        return None;
    }
    let text = format!(
        "{} of requests failed: {} of {}{why}",
        share(requests.failed(), requests.total),
        count(requests.failed()),
        count(requests.total)
    );
    Some(if part < MOSTLY {
        StatusLine::warning(StatusKind::Failures, Place::Failures, text)
    } else {
        StatusLine::critical(StatusKind::Failures, Place::Failures, text)
    })
}
