//! What a language server finds in the scripts, where one is installed: emmylua_check, which reads types that
//! `throng check` does not follow.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde::Deserialize;

use crate::cli::{Lib, Resolved, Scripts};
use crate::script::reference;

/// The program, as crates.io names it.
const PROGRAM: &str = "emmylua_check";

/// How long it may take; folders of thousands of scripts take seconds.
const LIMIT: Duration = Duration::from_mins(1);

/// The lowest severity of the Language Server Protocol that is reported: 1 is an error, 2 a warning, 3 and 4 are advice.
const WARNING: u8 = 2;

/// One of its diagnostics.
#[derive(Debug)]
pub struct TypeFinding {
    /// The file, below `scripts` or `lib` as in other findings.
    pub path: String,
    /// Line and column, from 1.
    pub at: (usize, usize),
    /// Its code, such as `param-type-mismatch`.
    pub code: String,
    /// What it says.
    pub message: String,
}

#[derive(Deserialize)]
struct FileReport {
    file: PathBuf,
    diagnostics: Vec<Diagnostic>,
}

#[derive(Deserialize)]
struct Diagnostic {
    #[serde(default)]
    code: String,
    message: String,
    range: Range,
    severity: u8,
}

#[derive(Deserialize)]
struct Range {
    start: Position,
}

#[derive(Deserialize)]
struct Position {
    line: usize,
    character: usize,
}

/// What it finds; none where it is not installed, or where there are no files to read.
///
/// # Errors
/// Why it did not finish, in words that follow its name.
pub fn findings(resolved: &Resolved) -> Option<Result<Vec<TypeFinding>, String>> {
    let Scripts::Folder(scripts) = &resolved.scripts else {
        return None;
    };
    let program = on_path(PROGRAM)?;
    let mut folders = vec![("scripts", scripts.clone())];
    match &resolved.lib {
        Lib::Beside(lib) | Lib::Named(lib) if lib.is_dir() => folders.push(("lib", lib.clone())),
        _ => {}
    }
    // It names files by their real paths.
    for (_, folder) in &mut folders {
        *folder = folder.canonicalize().ok()?;
    }
    Some(run(&program, &folders))
}

fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
}

fn run(program: &Path, folders: &[(&str, PathBuf)]) -> Result<Vec<TypeFinding>, String> {
    let place =
        tempfile::tempdir().map_err(|why| format!("has no folder for its settings: {why}"))?;
    let settings = settle(place.path()).map_err(|why| format!("cannot be set up: {why}"))?;
    let report = place.path().join("report.json");
    let mut child = Command::new(program)
        .arg("--config")
        .arg(&settings)
        .args(["--output-format", "json", "--output"])
        .arg(&report)
        .args(folders.iter().map(|(_, folder)| folder))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|why| format!("cannot be started: {why}"))?;
    let until = Instant::now() + LIMIT;
    while child.try_wait().map_err(|why| why.to_string())?.is_none() {
        if Instant::now() > until {
            // One that cannot be killed has just ended.
            let _ = child.kill();
            let _ = child.wait();
            return Err(format!("did not end within {} s", LIMIT.as_secs()));
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    let text = std::fs::read(&report).map_err(|why| format!("wrote no report: {why}"))?;
    read(&text, folders)
}

/// Its settings, which know the types of the API; a project's own have other aims, such as what an editor shows.
fn settle(place: &Path) -> io::Result<PathBuf> {
    let types = place.join("types");
    std::fs::create_dir(&types)?;
    std::fs::write(types.join("throng.lua"), reference::types())?;
    let settings = serde_json::json!({
        "runtime": { "version": "Lua5.4" },
        "workspace": { "library": [types] },
    });
    let file = place.join("emmyrc.json");
    std::fs::write(&file, settings.to_string())?;
    Ok(file)
}

fn read(text: &[u8], folders: &[(&str, PathBuf)]) -> Result<Vec<TypeFinding>, String> {
    let files: Vec<FileReport> = serde_json::from_slice(text)
        .map_err(|why| format!("wrote a report of another form: {why}"))?;
    let mut findings = Vec::new();
    for file in files {
        let below = |(name, folder): &(&str, PathBuf)| {
            let inside = file.file.strip_prefix(folder).ok()?;
            Some(format!("{name}/{}", inside.display()))
        };
        let path = folders.iter().find_map(below);
        let path = path.unwrap_or_else(|| file.file.display().to_string());
        for one in file.diagnostics {
            if one.severity <= WARNING {
                findings.push(TypeFinding {
                    path: path.clone(),
                    at: (one.range.start.line + 1, one.range.start.character + 1),
                    code: one.code,
                    message: one.message.trim().to_owned(),
                });
            }
        }
    }
    Ok(findings)
}
