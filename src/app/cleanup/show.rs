//! Ledgers in words: nothing secret.

use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::one::Outcome;
use super::runs::{Forgotten, Found, State};
use crate::app::process::exit::Failure;
use crate::ledger::{Counts, Directory, Durability, RemainingEntry, Store};
use crate::text;

/// Things that are listed of one run.
const MOST: usize = 1_000_000;

/// Which runs left what.
pub fn runs(folder: &Directory, found: &[Found], json: bool) -> String {
    if json {
        return lines(&found.iter().map(run).collect());
    }
    if found.is_empty() {
        return format!(
            "no run left anything, according to {}\n",
            folder.place().display()
        );
    }
    let mut text = format!("{:<10} {:<20} {:<10} left\n", "run", "began", "state");
    for run in found {
        let (began, left) = match (&run.read, &run.state) {
            (_, State::Unreadable(why) | State::Strange(why)) => ("?".to_owned(), why.clone()),
            (Some((run, left)), _) => (
                moment(run.started),
                format!("{left} at {}", run.target.base_url),
            ),
            (None, _) => ("?".to_owned(), String::new()),
        };
        let state = match &run.state {
            State::Unreadable(_) | State::Strange(_) => "unreadable",
            state => state.as_str(),
        };
        text += &format!(
            "{:<10} {began:<20} {state:<10} {}\n",
            text::line(&run.id),
            text::line(&left)
        );
    }
    text
}

/// Everything that one run left, and why it is still there.
///
/// # Errors
/// When its ledger cannot be read.
pub fn things(folder: &Directory, found: &[Found], json: bool) -> Result<String, Failure> {
    let mut all = Vec::new();
    for run in found {
        let read = || Store::open(&folder.file(&run.id), Durability::Process)?.list(MOST);
        all.extend(read().map_err(|why| Failure::Usage(why.to_string()))?);
    }
    if json {
        return Ok(lines(&all.iter().map(thing).collect()));
    }
    let mut text = runs(folder, found, false);
    text.push('\n');
    for entry in all {
        text += &format!("{}  {}\n", moment(entry.at), text::line(&entry.to_string()));
    }
    Ok(text)
}

/// What a run left, before it is forgotten: at most so many things one by one.
pub fn forgotten(folder: &Directory, run: &Found, most: usize) -> String {
    let Some((_, left)) = &run.read else {
        return format!("what it left cannot be read: {}\n", run.state.as_str());
    };
    let read = || Store::open(&folder.file(&run.id), Durability::Process)?.list(most);
    // It could be read a moment ago; the count is printed in any case.
    let things: Vec<RemainingEntry> = read().unwrap_or_default();
    let mut text = String::new();
    for entry in &things {
        text += &format!("{}  {}\n", moment(entry.at), text::line(&entry.to_string()));
    }
    let more = left.total().saturating_sub(things.len() as u64);
    if more > 0 {
        text += &format!("and {more} more\n");
    }
    text
}

/// What became of a run that was to be forgotten: an array of one, as for runs that are cleaned up.
pub fn forgetting(forgotten: &Forgotten<'_>) -> String {
    let read = forgotten.run.read.as_ref();
    let gone = read.filter(|_| forgotten.skipped.is_none());
    let one = json!({
        "run": forgotten.run.id,
        "target": read.map(|(run, _)| &run.target.base_url),
        "forgotten": gone.map(|(_, left)| counts(left)),
        "skipped": forgotten.skipped,
    });
    lines(&Value::Array(vec![one]))
}

/// What became of runs.
pub fn outcomes(outcomes: &[Outcome]) -> String {
    let one = |outcome: &Outcome| {
        json!({
            "run": outcome.run,
            "target": outcome.target,
            "deleted": outcome.deleted,
            "of": outcome.of,
            "left": counts(&outcome.left),
            "skipped": outcome.skipped,
        })
    };
    lines(&outcomes.iter().map(one).collect())
}

fn run(found: &Found) -> Value {
    let read = found.read.as_ref();
    json!({
        "run": found.id,
        "state": match &found.state {
            State::InProgress => "in_progress",
            State::Over => "over",
            State::Unreadable(_) | State::Strange(_) => "unreadable",
        },
        "why": match &found.state {
            State::Unreadable(why) | State::Strange(why) => Some(why),
            _ => None,
        },
        "began": read.map(|(run, _)| moment(run.started)),
        "version": read.map(|(run, _)| &run.version),
        "target": read.map(|(run, _)| &run.target.base_url),
        "left": read.map(|(_, left)| counts(left)),
    })
}

fn counts(left: &Counts) -> Value {
    let kinds = left.0.iter().map(|(kind, count)| {
        let count = json!({ "confirmed": count.confirmed, "unconfirmed": count.unconfirmed });
        (kind.clone(), count)
    });
    Value::Object(kinds.collect())
}

fn thing(entry: &RemainingEntry) -> Value {
    json!({
        "kind": entry.kind,
        "id": entry.id,
        "confirmed": entry.confirmed,
        "at": moment(entry.at),
        "why": entry.why,
    })
}

fn lines(value: &Value) -> String {
    format!("{value:#}\n")
}

/// As RFC 3339 has it, to the second.
fn moment(seconds: u64) -> String {
    OffsetDateTime::from_unix_timestamp(seconds.cast_signed())
        .ok()
        .and_then(|moment| moment.format(&Rfc3339).ok())
        .unwrap_or_else(|| "?".to_owned())
}
