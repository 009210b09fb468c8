use std::path::{Path, PathBuf};

use super::purpose::Purpose;
use crate::cli::Environment;
use crate::cli::faults::Faults;
use crate::cli::options::ScriptOptions;
use crate::cli::resolved::{DEFAULT_SCRIPT_DIR, Lib, Scripts};
use crate::cli::value_sources::ValueSources;
use crate::random::Locale;
use crate::text::did_you_mean;

pub(super) fn folders(
    options: &ScriptOptions,
    typed: &ValueSources<'_>,
    environment: &Environment,
    purpose: Purpose,
    faults: &mut Faults<'_>,
) -> (Scripts, Lib) {
    for (option, value) in [
        ("script-dir", &options.script_dir),
        ("lib-dir", &options.lib_dir),
    ] {
        if value.as_deref() == Some("") {
            faults.push(
                format!("--{option} \"\""),
                "is not a valid path",
                "give the path of a folder, or leave it out",
            );
        }
    }
    let scripts = match &options.script_dir {
        _ if is_builtin(options, typed, faults) => Scripts::Embedded,
        Some(folder) => Scripts::Folder(PathBuf::from(folder)),
        None if environment.scripts_here => Scripts::Folder(PathBuf::from(DEFAULT_SCRIPT_DIR)),
        None if matches!(purpose, Purpose::Run | Purpose::Plan | Purpose::Try) => {
            // Somebody else's API is no target for types that were written for another one.
            faults.push(
                "--script-dir",
                format!("is not given, and there is no folder '{DEFAULT_SCRIPT_DIR}' here"),
                "begin a project with `throng init`, name a folder of scripts, or give --builtin \
                 for the types inside the program, which are written for `throng service`",
            );
            Scripts::Folder(PathBuf::from(DEFAULT_SCRIPT_DIR))
        }
        None => Scripts::Embedded,
    };
    let lib = match (&options.lib_dir, &scripts) {
        (Some(folder), _) => Lib::Named(PathBuf::from(folder)),
        (None, Scripts::Folder(folder)) => Lib::Beside(beside(folder)),
        (None, Scripts::Embedded) => Lib::Embedded,
    };
    (scripts, lib)
}

/// What `random` makes up where a script names no locale.
pub(super) fn locale(options: &ScriptOptions, faults: &mut Faults<'_>) -> Option<&'static Locale> {
    let tag = options.locale.as_deref()?;
    let found = Locale::find(tag);
    if found.is_none() {
        let known: Vec<&str> = Locale::tags().collect();
        faults.push(
            format!("--locale {tag}"),
            format!("is not a known locale{}", did_you_mean(tag, Locale::tags())),
            format!("give one of: {}", known.join(", ")),
        );
    }
    found
}

/// Whether the types inside the program were asked for, and no folder by a stronger word.
fn is_builtin(options: &ScriptOptions, typed: &ValueSources<'_>, faults: &mut Faults<'_>) -> bool {
    if !options.builtin || options.script_dir.is_none() {
        return options.builtin;
    }
    let compared = typed.compare("builtin", "script_dir");
    if compared.is_eq() {
        faults.push(
            "--builtin with --script-dir",
            "one is for the types inside the program and the other for those of a folder",
            "give one of them",
        );
    }
    compared.is_gt()
}

/// `lib` in the folder that holds `scripts`; a path such as `.` ends in no name that could be replaced.
fn beside(scripts: &Path) -> PathBuf {
    match scripts.file_name() {
        Some(_) => scripts.with_file_name("lib"),
        None => scripts.join("..").join("lib"),
    }
}
