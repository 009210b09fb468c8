use std::fmt::Write as _;

use super::literal::{self, WIDTH};
use crate::import::Import;
use crate::import::behaviour::Plan;

/// The plan file; none where the import says nothing of a run.
pub(super) fn text(import: &Import, curve: &str) -> Option<String> {
    let plan = &import.plan;
    let mut to = String::new();
    for words in &plan.comments {
        for line in literal::comment(words, WIDTH) {
            // A comment of Lua in the clothes of TOML.
            let _ = writeln!(to, "#{}", line.trim_start_matches('-'));
        }
    }
    let comments = to.len();
    if let Some(url) = &import.base_url {
        let _ = writeln!(to, "base_url = {}", toml_string(url));
    }
    if let Some(users) = plan.users {
        let _ = writeln!(to, "users = {users}");
    }
    if let Some(seconds) = plan.duration {
        let _ = writeln!(to, "duration = {}", literal::number(seconds));
    }
    if let Some(rate) = plan.arrivals {
        let _ = writeln!(
            to,
            "arrivals = \"{}/m\"",
            literal::number((rate * 60_000.0).round() / 1000.0)
        );
    }
    if !plan.curve.is_empty() {
        let _ = writeln!(to, "\n[curve]\nshape = {}", toml_string(curve));
        if let Some(seconds) = plan.day_length {
            let _ = writeln!(to, "day_length = {}", literal::number(seconds));
        }
        if let Some(zone) = &plan.timezone {
            let _ = writeln!(to, "timezone = {}", toml_string(zone));
        }
    }
    (to.len() > comments).then_some(to)
}

/// A basic string of TOML.
fn toml_string(text: &str) -> String {
    let mut to = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => {
                to.push('\\');
                to.push(letter);
            }
            _ if letter.is_control() || !crate::text::is_shown(letter) => {
                let _ = write!(to, "\\U{:08x}", u32::from(letter));
            }
            _ => to.push(letter),
        }
    }
    to.push('"');
    to
}

/// The file of the curve.
pub(super) fn curve(plan: &Plan) -> Option<String> {
    if plan.curve.is_empty() {
        return None;
    }
    let mut to = String::from("time,factor\n");
    for (second, factor) in &plan.curve {
        let (hour, minute) = (second / 3600, second / 60 % 60);
        let _ = match second % 60 {
            0 => writeln!(to, "{hour:02}:{minute:02},{factor:.4}"),
            _ => writeln!(to, "{second},{factor:.4}"),
        };
    }
    Some(to)
}
