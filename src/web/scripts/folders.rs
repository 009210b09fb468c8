use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::web::problem::Problem;

/// Longest text that is read or written, in bytes.
pub const TEXT_LIMIT: usize = 1 << 20;
/// Files that are listed at most, and how deep folders are looked into.
const MAX_FILES: usize = 1_000;
const DEPTH: usize = 8;

/// The folders of a run's scripts.
#[derive(Clone, Debug)]
pub struct ScriptFolders {
    /// By the names that messages give them: `scripts`, `lib`.
    folders: Vec<(String, PathBuf)>,
    editable: bool,
}

/// A file, as messages name it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct File {
    pub path: String,
    pub bytes: u64,
}

impl ScriptFolders {
    /// These folders; none where there is none. Files in them may be written if `editable`.
    pub fn new(folders: Vec<(String, PathBuf)>, editable: bool) -> Option<Self> {
        (!folders.is_empty()).then_some(Self { folders, editable })
    }

    pub(super) fn editable(&self) -> bool {
        self.editable
    }

    /// Every script and module, in order.
    pub(super) fn files(&self) -> Vec<File> {
        let mut files = Vec::new();
        for (label, folder) in &self.folders {
            collect(folder, label, DEPTH, &mut files);
        }
        files.sort();
        files.truncate(MAX_FILES);
        files
    }

    pub(super) fn read(&self, path: &str) -> Result<String, Problem> {
        let file = self.place(path)?;
        let sorry = |why: &dyn std::fmt::Display| {
            Problem::new(
                StatusCode::NOT_FOUND,
                format!("{path} cannot be read: {why}"),
            )
        };
        let size = fs::metadata(&file).map_err(|why| sorry(&why))?.len();
        if size > TEXT_LIMIT as u64 {
            return Err(sorry(&format!(
                "it has {size} bytes, and {TEXT_LIMIT} at most are shown"
            )));
        }
        let bytes = fs::read(&file).map_err(|why| sorry(&why))?;
        String::from_utf8(bytes).map_err(|_| sorry(&"it is not valid UTF-8"))
    }

    /// Puts a text in the place of the one with the fingerprint `was`, as a whole or not at all.
    pub(super) fn write(&self, path: &str, text: &str, was: &str) -> Result<(), Problem> {
        if text.len() > TEXT_LIMIT {
            let error = format!(
                "the text has {} bytes, and a script has {TEXT_LIMIT} at most",
                text.len()
            );
            return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, error));
        }
        let file = self.place(path)?;
        if fingerprint(&self.read(path)?) != was {
            let error = format!(
                "{path} was changed by someone else in the meantime; load it again and make your change in the new text"
            );
            return Err(Problem::new(StatusCode::CONFLICT, error));
        }
        replace(&file, text).map_err(|why| {
            let error = format!("{path} cannot be written: {why}");
            Problem::new(StatusCode::INTERNAL_SERVER_ERROR, error)
        })
    }

    /// Where a file is that lies in one of the folders, also after links were followed.
    fn place(&self, path: &str) -> Result<PathBuf, Problem> {
        let nowhere = || {
            Problem::new(
                StatusCode::NOT_FOUND,
                format!("there is no script {path}; see /api/v1/scripts"),
            )
        };
        let within = |rest: &str| {
            rest.split('/')
                .all(|part| !part.is_empty() && !part.starts_with('.') && !part.contains('\\'))
        };
        let found = self.folders.iter().find_map(|(label, folder)| {
            let rest = path.strip_prefix(label.as_str())?.strip_prefix('/')?;
            let file = (within(rest) && is_script(rest)).then(|| folder.join(rest))?;
            let (real, root) = (file.canonicalize().ok()?, folder.canonicalize().ok()?);
            (real.starts_with(root) && real.is_file()).then_some(real)
        });
        found.ok_or_else(nowhere)
    }
}

/// A digest of a text.
pub(super) fn fingerprint(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    digest
        .iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn is_script(name: &str) -> bool {
    name.ends_with(".lua") || name == "throng.toml"
}

fn collect(folder: &Path, label: &str, depth: usize, files: &mut Vec<File>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with('.') || files.len() >= MAX_FILES {
            continue;
        }
        let path = format!("{label}/{name}");
        match fs::metadata(entry.path()) {
            Ok(meta) if meta.is_dir() && depth > 0 => {
                collect(&entry.path(), &path, depth - 1, files)
            }
            Ok(meta) if meta.is_file() && is_script(&name) => files.push(File {
                path,
                bytes: meta.len(),
            }),
            _ => {}
        }
    }
}

/// A new file in the place of the old one, with its permissions: anyone who reads meanwhile sees one or the other.
fn replace(file: &Path, text: &str) -> std::io::Result<()> {
    let folder = file.parent().unwrap_or_else(|| Path::new("."));
    let fresh = folder.join(format!(".throng-{}", uuid::Uuid::new_v4().simple()));
    let write = || {
        let mut new = fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&fresh)?;
        new.write_all(text.as_bytes())?;
        new.sync_all()?;
        fs::set_permissions(&fresh, fs::metadata(file)?.permissions())?;
        fs::rename(&fresh, file)
    };
    write().inspect_err(|_| drop(fs::remove_file(&fresh)))
}
