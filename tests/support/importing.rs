//! `throng new --from`, and the check that what it wrote has to pass.

use std::ffi::OsStr;
use std::path::Path;

use super::program::{Ended, Program, throng};

/// Makes the type `name` of what `from` names, with these words.
pub fn new(name: &str, scripts: &Path, from: impl AsRef<OsStr>, words: &[&str]) -> Program {
    throng(["new", name, "--script-dir"])
        .arg(scripts)
        .arg("--from")
        .arg(from)
        .args(words)
}

/// The scripts have no fault, and nothing to warn of.
pub fn check(scripts: &Path) -> Ended {
    throng(["check", "--deny-warnings", "--script-dir"])
        .arg(scripts)
        .end()
        .with_code(0)
}
