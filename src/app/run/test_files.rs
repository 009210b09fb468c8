//! Where the tests of scripts are: files whose names end in `_test.lua`.

use std::path::{Path, PathBuf};

use crate::app::process::exit::Failure;
use crate::cli::{Lib, Resolved, Scripts};

/// What their names end in.
const ENDING: &str = "_test.lua";
/// Folders inside each other, at most.
const DEPTH: usize = 8;

/// Those in the script folder and in the folder of modules, in the order of their names.
///
/// # Errors
/// When a folder cannot be read.
pub fn beside(resolved: &Resolved) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    if let Scripts::Folder(folder) = &resolved.scripts {
        walk(folder, &mut files)?;
    }
    if let Lib::Named(lib) | Lib::Beside(lib) = &resolved.lib
        && lib.is_dir()
    {
        walk(lib, &mut files)?;
    }
    files.sort();
    files.dedup();
    Ok(files)
}

/// Adds those in a folder and below it.
///
/// # Errors
/// When a folder cannot be read.
pub fn walk(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Failure> {
    inside(folder, DEPTH, files)
}

fn inside(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) -> Result<(), Failure> {
    let entries = std::fs::read_dir(folder).map_err(|why| {
        Failure::Usage(format!(
            "{}: cannot be read as a folder: {why}",
            folder.display()
        ))
    })?;
    for entry in entries.flatten() {
        let path = entry.path();
        // A link to a folder may lead back here.
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if is_folder && depth > 0 {
            inside(&path, depth - 1, files)?;
        } else if entry.file_name().to_string_lossy().ends_with(ENDING) && path.is_file() {
            files.push(path);
        }
    }
    Ok(())
}
