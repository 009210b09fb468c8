use std::process::ExitCode;

use super::{failure, look, open};
use crate::app::process::exit::{Failure, SUCCESS};
use crate::app::process::output::{print, print_json};
use crate::app::state_dir;
use crate::cli::{Runs, RunsCommand};
use crate::history::{PATIENCE, Record, Store};
use crate::report::text::history;
use crate::text;

/// Lists runs, or removes some.
///
/// # Errors
/// When the history cannot be read, or a run is not in it.
pub fn runs(runs: Runs) -> Result<ExitCode, Failure> {
    match &runs.command {
        RunsCommand::List => list(&runs),
        RunsCommand::Remove(ids) => remove(&runs, ids),
    }
}

fn list(runs: &Runs) -> Result<ExitCode, Failure> {
    let store = open(runs.state_dir.as_deref())?;
    // A filter looks at all: what it passes is limited.
    let read = if runs.filter.is_some() {
        None
    } else {
        runs.limit
    };
    let all = match &store {
        Some(store) => store.runs(read).map_err(failure)?,
        None => Vec::new(),
    };
    let all = all.into_iter().map(|(_, record)| record);
    let fits = |record: &Record| {
        runs.filter
            .as_ref()
            .is_none_or(|text| contains(record, text))
    };
    let most = runs.limit.map_or(usize::MAX, |most| most as usize);
    let records: Vec<Record> = all.filter(fits).take(most).collect();
    if runs.json {
        let page = serde_json::to_string_pretty(&records).map_err(anyhow::Error::from)?;
        print_json(&format!("{page}\n"))?;
    } else if records.is_empty() {
        let words = match &runs.filter {
            Some(text) => format!("no run in the history has {text}"),
            None => "no run is in the history".to_owned(),
        };
        print(&format!("{}\n", text::line(&words)))?;
    } else {
        print(&history::list(&records, look()))?;
    }
    Ok(ExitCode::from(SUCCESS))
}

/// Whether one of the words of a record holds this text, whatever its case.
fn contains(record: &Record, text: &str) -> bool {
    let text = text.to_lowercase();
    let start = &record.start;
    let verdict = record
        .ending
        .as_ref()
        .and_then(|one| one.verdict.as_deref());
    let words = [
        Some(start.id.as_str()),
        Some(start.target.as_str()),
        Some(start.crowd.as_str()),
        start.note.as_deref(),
        start.branch.as_deref(),
        Some(record.state.as_str()),
        verdict,
    ];
    let mut words = words.into_iter().flatten();
    words.any(|word| word.to_lowercase().contains(&text))
}

fn remove(runs: &Runs, ids: &[String]) -> Result<ExitCode, Failure> {
    let nothing = || Failure::Usage("there is no history here; nothing was removed".to_owned());
    open(runs.state_dir.as_deref())?.ok_or_else(nothing)?;
    let folder = state_dir::folder(runs.state_dir.as_deref())?;
    let mut store = Store::open(folder.place(), PATIENCE).map_err(failure)?;
    let mut found = Vec::new();
    let mut faults = Vec::new();
    for id in ids {
        let known = store.with_prefix(id).map_err(failure)?;
        match known.as_slice() {
            [one] => found.push(one.clone()),
            [one, ..] if one.1 == *id => found.push(one.clone()),
            [] => faults.push(format!(
                "{}: no run in the history has this id",
                text::line(id)
            )),
            several => faults.push(format!(
                "{}: {} runs begin with it; give more of the id",
                text::line(id),
                several.len()
            )),
        }
    }
    if !faults.is_empty() {
        // All that are named, or none.
        return Err(Failure::faults(&faults));
    }
    for (number, id) in found {
        store.remove(number).map_err(failure)?;
        print(&format!("removed run {}\n", text::line(&id)))?;
    }
    Ok(ExitCode::from(SUCCESS))
}
