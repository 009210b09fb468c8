//! The key to a run: who may steer it, and the file in which `throng ctl` finds that.

use std::fs;
use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::app::process::exit::Failure;
use crate::cli::{TokenSource, token_fault};
use crate::web::Token;

/// How the name of a key's file ends.
const ENDING: &str = "json";

/// What a run leaves for its user.
#[derive(Serialize, Deserialize)]
pub struct Key {
    /// The run's id.
    pub run: String,
    /// The process.
    pub pid: u32,
    /// Where it listens, as seen from this machine.
    pub address: SocketAddr,
    /// What must be shown to change something.
    pub token: String,
}

/// The token of a run: as it was given, or made from the system's randomness.
///
/// # Errors
/// When the file that it was to come from cannot be read, or holds none.
pub fn token(word: Option<&TokenSource>) -> Result<Token, Failure> {
    match word {
        None => Ok(Token::new(uuid::Uuid::new_v4().simple().to_string())),
        Some(TokenSource::Typed(token)) => Ok(Token::new(token)),
        Some(TokenSource::File(file)) => {
            let fault = |why: &str| Failure::Usage(format!("--token @{}: {why}", file.display()));
            let text = fs::read_to_string(file)
                .map_err(|why| fault(&format!("{why}; name a file that can be read")))?;
            let text = text.trim_end_matches(['\r', '\n']);
            match token_fault(text) {
                Some((cause, remedy)) => Err(fault(&format!("the token {cause}; {remedy}"))),
                None => Ok(Token::new(text)),
            }
        }
    }
}

/// A key in its file, which goes when this is dropped.
pub struct KeyFile(PathBuf);

impl KeyFile {
    /// Leaves the key where only its user can read it.
    ///
    /// # Errors
    /// Says why there is no place for it.
    pub fn leave(key: &Key) -> Result<Self, String> {
        let folder = folder()?;
        let file = folder.join(format!("{}.{ENDING}", key.run));
        // It gets its name when it is whole, so that nobody reads half of it.
        let half = folder.join(format!("{}.new", key.run));
        let write = || -> std::io::Result<()> {
            let mut opened = new_file(&half)?;
            serde_json::to_writer(&mut opened, key)?;
            opened.write_all(b"\n")?;
            fs::rename(&half, &file)
        };
        write().map_err(|why| format!("{}: {why}", file.display()))?;
        Ok(Self(file))
    }
}

impl Drop for KeyFile {
    fn drop(&mut self) {
        // Someone may have cleaned up already.
        let _ = fs::remove_file(&self.0);
    }
}

/// Every key that lies in this user's folder, with its file.
///
/// # Errors
/// When the folder is not to be trusted.
pub fn all() -> Result<Vec<(PathBuf, Key)>, String> {
    let folder = folder()?;
    let entries = fs::read_dir(&folder).map_err(|why| format!("{}: {why}", folder.display()))?;
    let mut keys: Vec<(PathBuf, Key)> = entries
        .flatten()
        .filter_map(|entry| {
            let file = entry.path();
            if file.extension().is_none_or(|ending| ending != ENDING) {
                return None;
            }
            let text = fs::read_to_string(&file).ok()?;
            Some((file, serde_json::from_str(&text).ok()?))
        })
        .collect();
    keys.sort_by(|(_, one), (_, other)| one.run.cmp(&other.run));
    Ok(keys)
}

/// This user's own folder: `$XDG_RUNTIME_DIR/throng`, else one in the folder for temporary files.
pub(super) fn folder() -> Result<PathBuf, String> {
    let runtime = std::env::var_os("XDG_RUNTIME_DIR").filter(|folder| is_own(Path::new(folder)));
    let folder = match runtime {
        Some(runtime) => PathBuf::from(runtime).join("throng"),
        None => std::env::temp_dir().join(format!("throng-{}", user())),
    };
    let fault = |why: String| format!("{}: {why}", folder.display());
    match new_folder(&folder) {
        Err(why) if why.kind() != std::io::ErrorKind::AlreadyExists => {
            return Err(fault(why.to_string()));
        }
        Ok(()) | Err(_) => {}
    }
    let meta = fs::symlink_metadata(&folder).map_err(|why| fault(why.to_string()))?;
    if !meta.is_dir() || !is_private(&meta) {
        return Err(fault(
            "is not a folder of this user alone, so no key is safe there; remove it, or set \
             XDG_RUNTIME_DIR"
                .to_owned(),
        ));
    }
    Ok(folder)
}

#[cfg(unix)]
fn user() -> u32 {
    rustix::process::geteuid().as_raw()
}

/// Whether this is a folder of this user: under `sudo` the variable may name that of another.
#[cfg(unix)]
fn is_own(folder: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    fs::metadata(folder).is_ok_and(|meta| meta.is_dir() && meta.uid() == user())
}

#[cfg(unix)]
fn is_private(meta: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    meta.uid() == user() && meta.mode() & 0o077 == 0
}

#[cfg(unix)]
fn new_folder(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new().mode(0o700).create(folder)
}

#[cfg(unix)]
fn new_file(file: &Path) -> std::io::Result<fs::File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true).mode(0o600).open(file)
}

#[cfg(not(unix))]
fn user() -> String {
    std::env::var("USERNAME").unwrap_or_default()
}

#[cfg(not(unix))]
fn is_own(folder: &Path) -> bool {
    folder.is_dir()
}

#[cfg(not(unix))]
fn is_private(_: &fs::Metadata) -> bool {
    true
}

#[cfg(not(unix))]
fn new_folder(folder: &Path) -> std::io::Result<()> {
    fs::create_dir(folder)
}

#[cfg(not(unix))]
fn new_file(file: &Path) -> std::io::Result<fs::File> {
    fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(file)
}
