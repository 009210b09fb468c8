use std::path::{Path, PathBuf};

use crate::cli::Surroundings;
use crate::cli::faults::Faults;
use crate::cli::resolved::{DEFAULT_SCRIPT_DIR, Lib, Scripts};
use crate::cli::words::ScriptWords;

pub(super) fn folders(
    words: &ScriptWords,
    around: &Surroundings,
    faults: &mut Faults<'_>,
) -> (Scripts, Lib) {
    for (option, value) in [
        ("script-dir", &words.script_dir),
        ("lib-dir", &words.lib_dir),
    ] {
        if value.as_deref() == Some("") {
            faults.push(
                format!("--{option} \"\""),
                "is not a folder",
                "give the path of a folder, or leave it out",
            );
        }
    }
    let scripts = match &words.script_dir {
        Some(folder) => Scripts::Folder(PathBuf::from(folder)),
        None if around.scripts_here => Scripts::Folder(PathBuf::from(DEFAULT_SCRIPT_DIR)),
        None => Scripts::Embedded,
    };
    let lib = match (&words.lib_dir, &scripts) {
        (Some(folder), _) => Lib::Named(PathBuf::from(folder)),
        (None, Scripts::Folder(folder)) => Lib::Beside(beside(folder)),
        (None, Scripts::Embedded) => Lib::Embedded,
    };
    (scripts, lib)
}

/// `lib` in the folder that holds `scripts`; a path such as `.` ends in no name that could be replaced.
fn beside(scripts: &Path) -> PathBuf {
    match scripts.file_name() {
        Some(_) => scripts.with_file_name("lib"),
        None => scripts.join("..").join("lib"),
    }
}
