//! `throng init` and `throng new`.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::import;
use super::write::write;
use crate::app::process::exit::{Failure, SUCCESS};
use crate::app::process::output::print;
use crate::cli::{Init, New};
use crate::import::{Import, lua};
use crate::project::{self, FIRST_TYPE, File, META, Project};
use crate::script::reference;

/// The folder of the types, where a command line names none.
const SCRIPT_DIR: &str = "scripts";

/// The target of a new project where nothing names another.
const DEFAULT_TARGET: &str = "http://127.0.0.1:9501";
/// Columns of a command in the list of what comes next, unless one is longer.
const COLUMN: usize = 28;
/// The plan that a run reads by itself.
const PLAN: &str = "throng.toml";

/// Writes the files of a project.
///
/// # Errors
/// When one of them is there already, or cannot be written, or the import cannot be read.
pub fn init(asked: &Init) -> Result<ExitCode, Failure> {
    let imported = match &asked.import {
        Some(source) => {
            let name = import::type_name(source);
            Some(import::read(source, name.as_str())?)
        }
        None => None,
    };
    let recorded = imported.as_ref().and_then(|import| import.base_url.clone());
    let base_url = asked.base_url.as_ref().map(ToString::to_string);
    let base_url = base_url
        .or(recorded)
        .unwrap_or_else(|| DEFAULT_TARGET.to_owned());
    let types = reference::types();
    let globals = reference::globals();
    let project = Project {
        base_url: &base_url,
        types: &types,
        globals: &globals,
    };
    let mut files = project.files();
    let mut first = FIRST_TYPE.to_owned();
    if let Some(import) = &imported {
        replace_examples(&mut files, import, &base_url);
        if let Some(behaviour) = import.behaviours.first() {
            first = behaviour.name.to_string();
        }
    }
    let written = write(&asked.dir, &files, asked.force)?;
    let mut text = list(&written);
    text.push_str(&imported.as_ref().map(import::notes).unwrap_or_default());
    text.push_str("\nNext:\n");
    if asked.dir != Path::new(".") {
        let _ = writeln!(text, "  cd {}", asked.dir.display());
    }
    // An import has no tests, and may read variables without which it cannot log in.
    let variables = match imported {
        Some(_) => given(&files),
        None => String::new(),
    };
    let trace = format!("throng try {first}{variables}");
    let run = format!("throng run{variables}");
    let commands = [
        (
            "throng check",
            "what is wrong in the scripts, without a run",
        ),
        ("throng test", "its tests, in virtual time"),
        (&*trace, "one user once, all that it does shown"),
        (&*run, "the plan of scripts/throng.toml"),
        ("throng new reader", "another behaviour"),
        ("throng api http.get", "what a script can call"),
    ];
    let has_tests = imported.is_none();
    let commands = commands
        .into_iter()
        .filter(|(command, _)| has_tests || *command != "throng test");
    let widest = commands.clone().map(|(command, _)| command.len()).max();
    let width = COLUMN.max(widest.unwrap_or_default() + 2);
    for (command, about) in commands {
        let _ = writeln!(text, "  {command:<width$}{about}");
    }
    let _ = match imported {
        Some(_) => writeln!(text, "\nThe target is {base_url}, as in scripts/{PLAN}."),
        None => writeln!(
            text,
            "\nThe target is {base_url}; `throng service` in another terminal is one to try it on."
        ),
    };
    print(&text)?;
    Ok(ExitCode::from(SUCCESS))
}

/// Puts what was imported in the place of the example behaviour, its module and its plan.
fn replace_examples(files: &mut Vec<File>, import: &Import, base_url: &str) {
    let plan_path = Path::new(SCRIPT_DIR).join(PLAN);
    files.retain(|file| {
        let is_example = file.path.ends_with(format!("{FIRST_TYPE}.lua"))
            || file.path.ends_with(format!("{FIRST_TYPE}_test.lua"))
            || file.path.starts_with("lib")
            || (file.path == plan_path && has_run(import));
        !is_example
    });
    let import = Import {
        base_url: Some(base_url.to_owned()),
        ..import.clone()
    };
    let in_scripts = |file: File| File {
        path: Path::new(SCRIPT_DIR).join(file.path),
        ..file
    };
    files.extend(lua::scripts(&import).into_iter().map(in_scripts));
    if has_run(&import) {
        files.extend(plan_files(&import, PLAN).into_iter().map(in_scripts));
    }
}

/// Whether an import says how many users come, and when.
fn has_run(import: &Import) -> bool {
    let plan = &import.plan;
    plan.users.is_some() || plan.arrivals.is_some() || !plan.curve.is_empty()
}

/// The plan, and the curve that it names.
fn plan_files(import: &Import, name: &str) -> Vec<File> {
    let curve = Path::new(name).with_extension("csv");
    let curve_name = curve.display().to_string();
    let plan = lua::plan(import, &curve_name).map(|text| File {
        path: name.into(),
        text,
    });
    let curve = lua::curve(import).map(|text| File { path: curve, text });
    plan.into_iter().chain(curve).collect()
}

/// Writes the script of a type.
///
/// # Errors
/// When it is there already, or cannot be written, or the import cannot be read.
pub fn new(asked: &New) -> Result<ExitCode, Failure> {
    let import = match &asked.import {
        Some(source) => Some(import::read(source, &asked.name)?),
        None => None,
    };
    let mut plan = None;
    let files = match &import {
        None => project::behaviour(&asked.name),
        Some(import) => {
            let mut files = lua::scripts(import);
            if has_run(import) {
                // A plan of the author's own is never written over.
                let is_there = asked.script_dir.join(PLAN).exists();
                let name = match is_there {
                    true => format!("{}.toml", asked.name),
                    false => PLAN.to_owned(),
                };
                files.extend(plan_files(import, &name));
                plan = is_there.then(|| asked.script_dir.join(name));
            }
            files
        }
    };
    let written = write(&asked.script_dir, &files, asked.force)?;
    let folder = match asked.script_dir == Path::new(SCRIPT_DIR) {
        true => String::new(),
        false => format!(" --script-dir {}", asked.script_dir.display()),
    };
    let mut text = list(&written);
    text.push_str(&import.as_ref().map(import::notes).unwrap_or_default());
    let behaviours = import.as_ref().map(|import| import.behaviours.as_slice());
    let first = behaviours.and_then(|behaviours| behaviours.first());
    let first = first.map_or(asked.name.as_str(), |behaviour| behaviour.name.as_str());
    let mut target = String::new();
    if let Some(import) = &import
        && let Some(url) = &import.base_url
        && !has_run(import)
    {
        target = format!(" --base-url {url}");
    }
    if import.is_some() {
        target.push_str(&given(&files));
    }
    let _ = writeln!(text, "\nNext:\n  throng check{folder}");
    if import.is_none() {
        let _ = writeln!(text, "  throng test{folder}");
    }
    let _ = writeln!(text, "  throng try {first}{folder}{target}");
    if let Some(plan) = plan {
        let _ = writeln!(text, "  throng run{folder} --plan {}", plan.display());
    }
    print(&text)?;
    Ok(ExitCode::from(SUCCESS))
}

/// The variables that scripts read, as a command line gives them.
fn given(files: &[File]) -> String {
    variables(files)
        .iter()
        .fold(String::new(), |mut text, name| {
            let _ = write!(text, " -e {name}=...");
            text
        })
}

/// The variables that scripts read, which a run has to be given.
fn variables(files: &[File]) -> BTreeSet<&str> {
    // Not in the types for editors, whose examples have variables, too.
    let scripts = files.iter().filter(|file| {
        let path = &file.path;
        path.extension().is_some_and(|end| end == "lua") && path != Path::new(META)
    });
    let read = scripts.flat_map(|file| file.text.split("vars.").skip(1));
    read.map(|rest| {
        let end = rest.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
        &rest[..end.unwrap_or(rest.len())]
    })
    .filter(|name| !name.is_empty())
    .collect()
}

fn list(written: &[PathBuf]) -> String {
    written.iter().fold(String::new(), |mut text, path| {
        let _ = writeln!(text, "wrote {}", path.display());
        text
    })
}
