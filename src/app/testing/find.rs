//! The files of tests.

use std::path::{Path, PathBuf};

use crate::app::process::exit::Failure;
use crate::cli::{Lib, Scripts, Test};

/// What their names end in.
const ENDING: &str = "_test.lua";
/// Folders inside each other, at most.
const DEPTH: usize = 8;

/// The files that are asked for, or those beside the scripts, in the order of their names.
///
/// # Errors
/// When a path is not there, or a folder cannot be read.
pub fn files(test: &Test) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    if test.paths.is_empty() {
        walk(&folder(test), DEPTH, &mut files)?;
        if let Lib::Named(lib) | Lib::Beside(lib) = &test.run.lib
            && lib.is_dir()
        {
            walk(lib, DEPTH, &mut files)?;
        }
    }
    for path in &test.paths {
        if path.is_dir() {
            walk(path, DEPTH, &mut files)?;
        } else if path.exists() {
            files.push(path.clone());
        } else {
            return Err(Failure::Usage(format!(
                "throng test {}: there is no such file or folder",
                path.display()
            )));
        }
    }
    files.sort();
    files.dedup();
    Ok(files)
}

/// Where the scripts are.
pub fn folder(test: &Test) -> PathBuf {
    match &test.run.scripts {
        Scripts::Folder(folder) => folder.clone(),
        Scripts::Embedded => PathBuf::from("."),
    }
}

fn walk(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) -> Result<(), Failure> {
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
            walk(&path, depth - 1, files)?;
        } else if entry.file_name().to_string_lossy().ends_with(ENDING) && path.is_file() {
            files.push(path);
        }
    }
    Ok(())
}
