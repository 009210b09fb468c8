//! `throng init` and `throng new`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::write::write;
use crate::app::process::exit::{Failure, SUCCESS};
use crate::app::process::output::print;
use crate::cli::{Init, New};
use crate::project::{self, FIRST_TYPE, Project};
use crate::script::reference;

/// The folder of the types, where a command line names none.
const SCRIPT_DIR: &str = "scripts";

/// Writes the files of a project.
///
/// # Errors
/// When one of them is there already, or cannot be written.
pub fn init(asked: &Init) -> Result<ExitCode, Failure> {
    let types = reference::types();
    let globals = reference::globals();
    let project = Project {
        base_url: asked.base_url.as_str(),
        types: &types,
        globals: &globals,
    };
    let written = write(&asked.dir, &project.files(), asked.force)?;
    let mut text = list(&written);
    text.push_str("\nNext:\n");
    if asked.dir != Path::new(".") {
        let _ = writeln!(text, "  cd {}", asked.dir.display());
    }
    let trace = format!("throng run --trace {FIRST_TYPE}");
    for (command, about) in [
        (
            "throng check",
            "what is wrong in the scripts, without a run",
        ),
        (&*trace, "one user once, every call shown"),
        ("throng run", "the plan of scripts/throng.toml"),
        ("throng new reader", "another behaviour"),
        ("throng api http.get", "what a script can call"),
    ] {
        let _ = writeln!(text, "  {command:<28}{about}");
    }
    let _ = writeln!(
        text,
        "\nThe target is {}; `throng service` in another terminal is one to try it on.",
        asked.base_url
    );
    print(&text)?;
    Ok(ExitCode::from(SUCCESS))
}

/// Writes the script of a type.
///
/// # Errors
/// When it is there already, or cannot be written.
pub fn new(asked: &New) -> Result<ExitCode, Failure> {
    let file = project::behaviour(&asked.name);
    let written = write(&asked.script_dir, &[file], asked.force)?;
    let folder = match asked.script_dir == Path::new(SCRIPT_DIR) {
        true => String::new(),
        false => format!(" --script-dir {}", asked.script_dir.display()),
    };
    let mut text = list(&written);
    let _ = write!(
        text,
        "\nNext:\n  throng check{folder}\n  throng run{folder} --trace {}\n",
        asked.name
    );
    print(&text)?;
    Ok(ExitCode::from(SUCCESS))
}

fn list(written: &[PathBuf]) -> String {
    written.iter().fold(String::new(), |mut text, path| {
        let _ = writeln!(text, "wrote {}", path.display());
        text
    })
}
