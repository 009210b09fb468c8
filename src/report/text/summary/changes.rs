//! What was done to the run while the crowd was out.

use std::collections::BTreeMap;

use super::look::Look;
use super::requests::section;
use crate::report::text::table::{Side, Table};
use crate::report::text::{Ink, plain};
use crate::view::format::{count, span, time};
use crate::view::{MOVES, RELOAD_RESULTS, ReloadStatus};

/// Events shown; older ones are in the JSON.
const EVENTS: usize = 20;

pub(crate) fn changes(reload_status: &ReloadStatus, look: Look) -> String {
    let reloads = words(&RELOAD_RESULTS, &reload_status.reloads);
    let mut body = String::new();
    for (label, words) in [
        ("reloads", reloads),
        ("moved", words(&MOVES, &reload_status.moved)),
        ("last", last(reload_status)),
    ] {
        if !words.is_empty() {
            let label = look.paint.ink(Ink::Dim, &format!("{label:<9}"));
            body += &format!("{label} {}\n", look.wrapped(&words, 10));
        }
    }
    if !reload_status.events.is_empty() {
        body += &events(reload_status, look);
    }
    if body.is_empty() {
        return String::new();
    }
    section("Changes", &body, look)
}

/// `2 accepted  1 rolled back`
fn words(known: &[&str], counted: &BTreeMap<String, u64>) -> String {
    let words = known.iter().filter_map(|word| {
        let times = counted.get(*word).filter(|times| **times > 0)?;
        Some(format!("{} {}", count(*times), word.replace('_', " ")))
    });
    words.collect::<Vec<_>>().join("  ")
}

fn last(reload_status: &ReloadStatus) -> String {
    let Some(last) = &reload_status.last else {
        return String::new();
    };
    let moved = match last.took_seconds {
        Some(took) => format!("{} from the save to the last user's move", time(took)),
        None => "not every user had moved to it".to_owned(),
    };
    format!("release {}: {moved}", last.release)
}

fn events(reload_status: &ReloadStatus, look: Look) -> String {
    let events = &reload_status.events;
    let before = events.len().saturating_sub(EVENTS);
    let columns = [
        ("at", Side::Right),
        ("what", Side::Left),
        ("happened", Side::Left),
    ];
    let mut table = Table::new(&columns);
    for event in events.iter().skip(before) {
        table.row(vec![
            span(event.at_seconds).into(),
            event.what.as_str().into(),
            plain::line(&event.text).into(),
        ]);
    }
    let mut text = look.table(&table, 1, "");
    if before > 0 {
        text += &format!(
            "{} earlier ones are in the JSON summary\n",
            count(before as u64)
        );
    }
    text
}
