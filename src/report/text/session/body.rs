//! A body as lines.

use serde_json::Value;

use crate::session_trace::Body;
use crate::view::format;

/// The first lines of a body, and how much more there is; JSON that has no room in the columns is indented.
pub fn lines_of(body: &Body, (columns, most): (usize, usize)) -> Vec<String> {
    if body.bytes == 0 {
        return Vec::new();
    }
    let json = (!body.is_cut && body.text.len() > columns)
        .then(|| serde_json::from_str::<Value>(&body.text).ok())
        .flatten();
    let text = match json {
        Some(json) => serde_json::to_string_pretty(&json).unwrap_or_default(),
        None => body.text.clone(),
    };
    let all = text.lines().count();
    let mut lines: Vec<String> = text.lines().take(most).map(str::to_owned).collect();
    if all > most || body.is_cut {
        let size = format::bytes(body.bytes);
        let more = match all.saturating_sub(most) {
            0 => String::new(),
            more => format!("{more} more lines, "),
        };
        lines.push(format!("... ({more}{size} in all)"));
    }
    lines
}
