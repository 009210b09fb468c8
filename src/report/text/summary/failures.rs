//! Failed requests, grouped by reason and endpoint.

use super::look::{INDENT, Look};
use super::requests::section;
use crate::report::text::status::folded;
use crate::report::text::table::shortened;
use crate::report::text::{Ink, plain};
use crate::view::format::{count, reason, span};
use crate::view::{FailureGroup, RunView};

/// Reasons that are wider do not widen the column of the others.
const REASON: usize = 28;
/// `503  x26  POST /users/{id}/profile  storm  at 12 s to 42 s` and an example below it; the most frequent first.
/// What is too wide is folded, and of an example the end is cut: the reason never is.
pub(crate) fn failures(view: &RunView, look: Look) -> String {
    let groups = &view.failure_groups;
    if groups.is_empty() {
        return String::new();
    }
    let (shown, more) = look.first(groups.iter().collect());
    let wide = |text: &str| console::measure_text_width(text);
    let reasons = shown.iter().map(|group| wide(&words(group)));
    let reasons = reasons.filter(|width| *width <= REASON).max().unwrap_or(0);
    let counts = shown.iter().map(|group| wide(&times(group)));
    let counts = counts.max().unwrap_or(0);
    let mut body = String::new();
    for group in shown {
        body += &one(group, (reasons, counts), look);
    }
    section("Failures", &(body + &more), look)
}

fn words(group: &FailureGroup) -> String {
    plain::line(reason(&group.reason))
}

fn times(group: &FailureGroup) -> String {
    format!("x{}", count(group.count))
}

fn one(group: &FailureGroup, (reasons, counts): (usize, usize), look: Look) -> String {
    let room = if look.whole { usize::MAX } else { look.width };
    let endpoint = plain::line(&format!("{} {}", group.method, group.name));
    let mut pieces = vec![
        format!("{:<reasons$}", words(group)),
        format!("{:>counts$}", times(group)),
        shortened(&endpoint, room.saturating_sub(INDENT)),
    ];
    pieces.extend(group.incident.as_deref().map(plain::line));
    pieces.push(match (group.first_seconds, group.last_seconds) {
        (first, last) if first == last => format!("at {}", span(first as f64)),
        (first, last) => format!("{} to {}", span(first as f64), span(last as f64)),
    });
    let mut text = String::new();
    let mut used = 0;
    for (at, piece) in pieces.iter().enumerate() {
        // The first two say what it is.
        let is_bad = at < 2;
        let width = console::measure_text_width(piece);
        if used > 0 && used + 2 + width > room {
            text.push('\n');
            text.push_str(&" ".repeat(INDENT));
            used = INDENT;
        } else if used > 0 {
            text.push_str("  ");
            used += 2;
        }
        let parts = if used + width > room {
            folded(piece.trim(), room.saturating_sub(INDENT).max(1))
        } else {
            vec![piece.clone()]
        };
        for (part_at, part) in parts.iter().enumerate() {
            if part_at > 0 {
                text.push('\n');
                text.push_str(&" ".repeat(INDENT));
                used = INDENT;
            }
            let ink = is_bad.then_some(Ink::Bad);
            text += &ink.map_or_else(|| part.clone(), |ink| look.paint.ink(ink, part));
            used += console::measure_text_width(part);
        }
    }
    text.push('\n');
    text + &example(group, room, look)
}

/// The newest one, and its trace.
fn example(group: &FailureGroup, room: usize, look: Look) -> String {
    let Some(note) = &group.example else {
        return String::new();
    };
    let words = plain::line(&note.text);
    let words = console::truncate_str(&words, room.saturating_sub(INDENT), "...").into_owned();
    let mut text = format!(
        "{}{}\n",
        " ".repeat(INDENT),
        look.paint.ink(Ink::Dim, &words)
    );
    if let Some(id) = &note.trace_id {
        let words = format!("trace_id {}", plain::line(id));
        text += &format!(
            "{}{}\n",
            " ".repeat(INDENT),
            look.paint.ink(Ink::Dim, &words)
        );
    }
    text
}
