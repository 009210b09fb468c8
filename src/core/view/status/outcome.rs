//! That nothing is wrong, with the figures that say so.

use super::facts::Facts;
use super::line::{Level, Place, StatusKind, StatusLine};
use super::words::{counted, since};
use crate::view::format::{per_second, share, span, time};

/// What there is to say of a run in which nothing is wrong.
pub fn fine(of: &Facts<'_>) -> Option<StatusLine> {
    let requests = &of.load.requests.outcomes;
    let of_all = |failed: u64| match failed {
        0 => "none failed".to_owned(),
        failed => format!("{} failed", share(failed, requests.total)),
    };
    let mut figures = Vec::new();
    if of.is_over() {
        if requests.total == 0 {
            let line = StatusLine::critical(
                StatusKind::NoRequests,
                Place::Overview,
                "No request was sent",
            );
            return Some(line);
        }
        let all = counted(requests.total, "request", "requests");
        let seconds = of.run.seconds;
        let lasted = if seconds < 1.0 {
            time(seconds)
        } else {
            span(seconds)
        };
        figures.push(format!("{all} in {lasted}"));
    } else {
        if !of.is_running() {
            return None;
        }
        let users = of.live.users.max(0).unsigned_abs();
        let users = counted(users, "user", "users");
        if requests.total == 0 {
            let text = format!(
                "No request has ended yet: {users}, {} since the start",
                since(0.0, of.now())
            );
            let line = StatusLine::info(StatusKind::NoRequests, Place::Overview, text);
            return Some(line);
        }
        figures.push(users);
        let rate = of.live.interval.per_second;
        figures.extend(rate.map(|rate| per_second(Some(rate)).replace("/s", " requests/s")));
    }
    figures.push(of_all(requests.failed()));
    let p95 = of.load.latency_seconds.p95;
    figures.extend(p95.map(|p95| format!("p95 {}", time(p95))));
    let verb = if of.is_over() { "was" } else { "is" };
    let text = format!("Nothing {verb} wrong: {}", figures.join(", "));
    Some(StatusLine::new(
        Level::Ok,
        StatusKind::Healthy,
        Place::Overview,
        text,
    ))
}
