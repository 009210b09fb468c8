//! `throng man`: writes the man pages.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use super::process::exit::{Failure, SUCCESS};
use super::process::output;
use crate::cli;

/// One file for the program and one for each command, over what has their names.
///
/// # Errors
/// When the folder cannot be made or a file in it cannot be written.
pub fn write(folder: &Path) -> Result<ExitCode, Failure> {
    let cannot = |path: &Path, why| {
        let path = path.display();
        Failure::Run(format!("{path}: the man page cannot be written: {why}"))
    };
    let pages = cli::man_pages().map_err(|why| cannot(folder, why))?;
    fs::create_dir_all(folder).map_err(|why| cannot(folder, why))?;
    for (name, roff) in &pages {
        let path = folder.join(name);
        fs::write(&path, roff).map_err(|why| cannot(&path, why))?;
    }
    let written = format!("{} man pages in {}\n", pages.len(), folder.display());
    output::print(&written)?;
    Ok(ExitCode::from(SUCCESS))
}
