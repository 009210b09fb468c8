//! The files of tests.

use std::path::PathBuf;

use crate::app::process::exit::Failure;
use crate::app::run::test_files;
use crate::cli::{Scripts, Test};

/// The files that are asked for, or those beside the scripts, in the order of their names.
///
/// # Errors
/// When a path is not there, or a folder cannot be read.
pub fn files(test: &Test) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    if test.paths.is_empty() {
        files.extend(test_files::beside(&test.run)?);
        if test.run.scripts == Scripts::Embedded {
            test_files::walk(&folder(test), &mut files)?;
        }
    }
    for path in &test.paths {
        if path.is_dir() {
            test_files::walk(path, &mut files)?;
        } else if path.exists() {
            files.push(path.clone());
        } else {
            return Err(Failure::Usage(format!(
                "throng test {}: the file or folder does not exist",
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
