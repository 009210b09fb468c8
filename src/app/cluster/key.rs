use std::fs::File;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::process::ExitCode;

use crate::app::process::exit::{Failure, SUCCESS};
use crate::app::process::output::print;
use crate::cluster::Key;

/// `throng cluster key`: makes an nkey, and prints its public half.
///
/// # Errors
/// When the file cannot be written, or is there already.
pub fn make(file: &Path) -> Result<ExitCode, Failure> {
    let key = Key::new()?;
    write_new(file, &format!("{}\n", key.seed)).map_err(|why| {
        Failure::Usage(format!(
            "{}: {why}; give the name of a new file",
            file.display()
        ))
    })?;
    print(&format!("{}\n", key.public))?;
    Ok(ExitCode::from(SUCCESS))
}

/// Writes a new file that only this user reads.
///
/// # Errors
/// When it cannot be written, or is there already.
pub fn write_new(file: &Path, text: &str) -> std::io::Result<()> {
    let mut options = File::options();
    let options = options.write(true).create_new(true).mode(0o600);
    options.open(file)?.write_all(text.as_bytes())
}
