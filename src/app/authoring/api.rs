//! `throng api`: the reference of the Lua API.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use super::write::failed;
use crate::app::look::look;
use crate::app::process::exit::{Failure, SUCCESS};
use crate::app::process::output::{complain, print};
use crate::cli::Api;
use crate::report::text::Paint;
use crate::script::reference::{self, META_MARK};

/// Shows or writes what is asked for.
///
/// # Errors
/// When there is nothing of the name, or the types cannot be written.
pub fn api(asked: Api) -> Result<ExitCode, Failure> {
    match asked {
        Api::List => print(&reference::list(columns()))?,
        Api::Describe(name) => {
            let found = reference::find(&name).map_err(|why| {
                Failure::Usage(format!("throng api: {why}; throng api lists everything"))
            })?;
            let texts: Vec<String> = found
                .iter()
                .map(|entry| reference::describe(entry, columns()))
                .collect();
            print(&texts.join("\n"))?;
        }
        Api::PrintMeta => print(&reference::types())?,
        Api::WriteMeta(file) => {
            write_types(&file)?;
            complain(&format!("wrote {}", file.display()));
        }
    }
    Ok(ExitCode::from(SUCCESS))
}

/// The columns of the terminal; in a pipe or a file as many as are of use.
fn columns() -> usize {
    look(Paint::PLAIN, true).width
}

/// Writes the types over those of an earlier version, and over nothing else.
fn write_types(file: &Path) -> Result<(), Failure> {
    match fs::read(file) {
        Ok(text) if !text.starts_with(META_MARK.as_bytes()) => {
            return Err(Failure::Usage(format!(
                "--meta {}: is a file that does not begin with {META_MARK}, so it was not \
                 overwritten; name another one",
                file.display()
            )));
        }
        _ => {}
    }
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).map_err(|why| failed(folder, &why))?;
    }
    fs::write(file, reference::types()).map_err(|why| failed(file, &why))
}
