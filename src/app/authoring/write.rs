//! Writes files that were not there.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::app::process::exit::Failure;
use crate::project::File;

/// Writes all of them below a folder; without `force` none when one is there already.
///
/// # Errors
/// Names the files that are there, or the one that cannot be written.
pub(super) fn write(folder: &Path, files: &[File], force: bool) -> Result<Vec<PathBuf>, Failure> {
    let place = |file: &File| match folder == Path::new(".") {
        true => file.path.clone(),
        false => folder.join(&file.path),
    };
    let paths: Vec<PathBuf> = files.iter().map(place).collect();
    let is_there = |path: &&PathBuf| path.symlink_metadata().is_ok();
    let there: Vec<String> = paths
        .iter()
        .filter(is_there)
        .map(|path| path.display().to_string())
        .collect();
    if !force && !there.is_empty() {
        let (are, them) = if there.len() == 1 {
            ("is", "it")
        } else {
            ("are", "them")
        };
        return Err(Failure::Usage(format!(
            "{} {are} there already; nothing was written; give --force to overwrite {them}",
            there.join(", ")
        )));
    }
    for (path, file) in paths.iter().zip(files) {
        one(path, &file.text, force).map_err(|why| failed(path, &why))?;
    }
    Ok(paths)
}

fn one(path: &Path, text: &str, force: bool) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut options = OpenOptions::new();
    options.write(true);
    if force {
        options.create(true).truncate(true);
    } else {
        // Someone else may have made it meanwhile.
        options.create_new(true);
    }
    options.open(path)?.write_all(text.as_bytes())
}

/// Why a file cannot be written.
pub(super) fn failed(path: &Path, why: &io::Error) -> Failure {
    let words = format!("{}: cannot be written: {why}", path.display());
    Failure::Machine(anyhow::Error::msg(words))
}
