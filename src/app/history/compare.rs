use std::process::ExitCode;

use super::{look, open, run};
use crate::app::process::exit::{Failure, SUCCESS};
use crate::app::process::output::{print, print_json};
use crate::cli::Compare;
use crate::history::compare as comparing;
use crate::report::text::history;

/// Compares two runs.
///
/// # Errors
/// When one of them cannot be found or read.
pub fn compare(compare: Compare) -> Result<ExitCode, Failure> {
    let store = open(compare.state_dir.as_deref())?;
    let a = run(store.as_ref(), &compare.a)?;
    let b = run(store.as_ref(), &compare.b)?;
    let compared = comparing::compare(&a, &b);
    if compare.json {
        let page = serde_json::to_string_pretty(&compared).map_err(anyhow::Error::from)?;
        print_json(&format!("{page}\n"))?;
    } else {
        print(&history::comparison(&compared, compare.all, look()))?;
    }
    Ok(ExitCode::from(SUCCESS))
}
