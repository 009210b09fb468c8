//! What the run is doing, where that is not simply running: its phase, its warm-up, its incidents.

use super::facts::Facts;
use super::line::{Place, StatusKind, StatusLine};
use super::words::{counted, left, since};
use crate::metrics::{Deadline, Phase};
use crate::view::format::span;

pub fn lines(of: &Facts<'_>) -> Vec<StatusLine> {
    let mut lines: Vec<_> = phase(of).into_iter().collect();
    if of.is_over() {
        return lines;
    }
    for incident in &mut of.incidents.iter() {
        let Some(until) = incident.until_seconds else {
            continue;
        };
        let held = incident.held.last();
        let began = held.filter(|held| held.to_seconds.is_none());
        let lasts = began.map_or_else(String::new, |held| {
            format!(" for {}", since(held.from_seconds, of.now()))
        });
        let text = format!(
            "Incident {} under way{lasts}, {} left",
            incident.name,
            left(until - of.now())
        );
        let line = StatusLine::info(StatusKind::Incident, Place::Events, text);
        lines.push(match began {
            Some(held) => line.since(held.from_seconds),
            None => line,
        });
    }
    if let Some(seconds) = of.live.warm_up_left_seconds.filter(|_| of.is_running()) {
        let text = format!(
            "Warm-up: {} left, not counted in the summary",
            left(seconds)
        );
        lines.push(StatusLine::info(StatusKind::WarmUp, Place::Overview, text));
    }
    lines
}

fn phase(of: &Facts<'_>) -> Option<StatusLine> {
    let lasted = of.conditions().phase_lasted.as_secs_f64();
    let lasts = if lasted >= 1.0 {
        format!(" for {}", span(lasted))
    } else {
        String::new()
    };
    let (kind, text) = match of.live.phase {
        Phase::Running | Phase::Done => return None,
        Phase::Starting => (
            StatusKind::Starting,
            "Starting: no user has begun".to_owned(),
        ),
        Phase::Paused => (
            StatusKind::Paused,
            format!("Paused{lasts}: no step starts until it is resumed"),
        ),
        Phase::Stopping => {
            let users = of.live.users.max(0).unsigned_abs();
            let next = deadline(of, "; ");
            let users = counted(users, "user", "users");
            (
                StatusKind::Stopping,
                format!("Stopping{lasts}: {users} left{next}"),
            )
        }
        Phase::Cleaning => {
            let next = deadline(of, "; ");
            (
                StatusKind::Cleaning,
                format!("Cleaning up{lasts}: what the run created is deleted{next}"),
            )
        }
    };
    Some(StatusLine::info(kind, Place::Overview, text))
}

/// What comes next, in how long.
fn deadline(of: &Facts<'_>, before: &str) -> String {
    let Some((deadline, ahead)) = of.conditions().deadline else {
        return String::new();
    };
    let what = match deadline {
        Deadline::CancelRequests => "requests under way are cancelled",
        Deadline::End => "what is still under way is dropped",
        Deadline::LeaveBehind => "threads that have not ended are abandoned",
        Deadline::EndCleanup => "it ends at the latest",
    };
    format!("{before}{what} in {}", left(ahead.as_secs_f64()))
}
