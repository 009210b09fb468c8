use std::path::Path;
use std::process::ExitCode;

use serde_json::json;

use super::{failure, found, look, open};
use crate::app::destination::Destination;
use crate::app::process::exit::{Failure, SUCCESS};
use crate::app::process::output::{print, print_json};
use crate::cli::Show;
use crate::history::{Found, NARROW_SUMMARY_TEXT, PAGE, SUMMARY_TEXT, Store, file};
use crate::report::text::history;

/// Shows a run, or writes it to a file.
///
/// # Errors
/// When it cannot be found, read or written.
pub fn show(show: Show) -> Result<ExitCode, Failure> {
    let store = open(show.state_dir.as_deref())?;
    let store = store.as_ref();
    let found = found(store, &show.run)?;
    if let Some(path) = &show.html {
        write("--html", path, &page(&found, store, &show.run)?)?;
    }
    if show.html.is_some() && show.export.is_none() && !show.json {
        return Ok(ExitCode::from(SUCCESS));
    }
    let kept = match (&found, store) {
        (Found::Kept(number), Some(store)) if show.export.is_none() && !show.json => {
            let widest = |text: &str| text.lines().map(str::len).max().unwrap_or(0);
            let whole = store.document(*number, SUMMARY_TEXT).map_err(failure)?;
            match whole.filter(|text| widest(text) <= look().width) {
                Some(whole) => Some(whole),
                None => store
                    .document(*number, NARROW_SUMMARY_TEXT)
                    .map_err(failure)?,
            }
        }
        _ => None,
    };
    if let Some(summary) = kept {
        print(&summary)?;
        return Ok(ExitCode::from(SUCCESS));
    }
    let run = found.whole(store).map_err(failure)?;
    if let Some(path) = &show.export {
        write("--export", path, &file::write(&run))?;
        return Ok(ExitCode::from(SUCCESS));
    }
    if show.json {
        let page = json!({ "run": run.record, "summary": run.summary });
        print_json(&format!("{page:#}\n"))?;
    } else {
        print(&history::run(&run, look()))?;
    }
    Ok(ExitCode::from(SUCCESS))
}

/// The page of a run that is kept.
fn page(found: &Found, store: Option<&Store>, words: &str) -> Result<String, Failure> {
    let kept = match (found, store) {
        (Found::Kept(number), Some(store)) => store.document(*number, PAGE).map_err(failure)?,
        _ => None,
    };
    kept.ok_or_else(|| {
        let why = "has no page: it is in a file of --export, still runs, or was killed";
        Failure::Usage(format!("--html: run {words} {why}"))
    })
}

fn write(option: &str, path: &Path, text: &str) -> Result<(), Failure> {
    let place = Destination::look(option, path).map_err(Failure::Usage)?;
    place.write(text).map_err(|why| {
        let words = format!("{option} {}: {why}", path.display());
        Failure::Machine(anyhow::Error::msg(words))
    })
}
