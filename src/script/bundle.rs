//! One accepted state of the script folders: every source of every type, read once, the same on every shard.
//! Its number is given to it by who accepts it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use include_dir::{Dir, include_dir};

use super::api::data::Library;
use super::fault::Fault;

static STOCK_SCRIPTS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/scripts");
static STOCK_LIB: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/lib");

/// The script that belongs to the whole crowd: `setup` and `teardown`.
const CROWD_FILE: &str = "_crowd.lua";
/// A source file longer than this is none.
const SOURCE_LIMIT: u64 = 4 << 20;
/// A data file (`data.csv`, `data.json`) may be this long.
const DATA_LIMIT: u64 = 1 << 30;

/// Where scripts come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A folder of the user's.
    Folder(PathBuf),
    /// Those built into the program.
    Stock,
}

/// One Lua file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// As messages name it: `scripts/active.lua`.
    pub path: String,
    /// Its text.
    pub text: Arc<[u8]>,
}

/// Everything that the users of a run may execute.
#[derive(Debug)]
pub struct Bundle {
    /// The types by name, in alphabetical order.
    pub types: BTreeMap<String, Source>,
    /// `_crowd.lua`.
    pub crowd: Option<Source>,
    modules: BTreeMap<String, Source>,
    data_folder: Option<PathBuf>,
    data: Mutex<BTreeMap<String, Arc<[u8]>>>,
    /// Feeds, parsed once for all shards.
    pub(super) library: Arc<Library>,
}

impl Bundle {
    /// Reads a state of the folders. `lib` none: the folder `lib` beside the script folder, if there is one.
    ///
    /// # Errors
    /// Every file that cannot be read, or that there is nothing to run.
    pub fn read(scripts: &Place, lib: Option<&Path>) -> Result<Self, Vec<Fault>> {
        let mut faults = Vec::new();
        let mut modules = stock_modules();
        let (mut types, data_folder) = match scripts {
            Place::Stock => (stock_files(&STOCK_SCRIPTS, "scripts"), None),
            Place::Folder(folder) => (folder_files(folder, &mut faults), Some(folder.clone())),
        };
        if let Some(lib) = lib_folder(scripts, lib, &mut faults) {
            read_modules(&lib, &label(&lib), "", &mut modules, &mut faults);
        }
        let crowd = types.remove(CROWD_FILE);
        let (types, hidden): (BTreeMap<_, _>, BTreeMap<_, _>) =
            types.into_iter().partition(|(name, _)| is_type(name));
        modules.extend(
            hidden
                .into_iter()
                .map(|(name, source)| (stem(&name), source)),
        );
        let types: BTreeMap<_, _> = types
            .into_iter()
            .map(|(name, source)| (stem(&name), source))
            .collect();
        if types.is_empty() && faults.is_empty() {
            let place = match scripts {
                Place::Folder(folder) => folder.display().to_string(),
                Place::Stock => "the built-in scripts".to_owned(),
            };
            faults.push(Fault::at(place, "there is no script in it; put a file such as browse.lua there, whose table has steps"));
        }
        if faults.is_empty() {
            Ok(Self {
                types,
                crowd,
                modules,
                data_folder,
                data: Mutex::default(),
                library: Arc::default(),
            })
        } else {
            Err(faults)
        }
    }

    /// STUB until the loader is merged.
    pub fn closure(&self, kind: &str) -> Option<Vec<u8>> {
        let mut all = self.types.get(kind)?.text.to_vec();
        for source in self.modules.values() {
            all.extend_from_slice(&source.text);
        }
        Some(all)
    }

    /// The module that `require(name)` finds.
    pub fn module(&self, name: &str) -> Option<&Source> {
        self.modules.get(name)
    }

    /// Names of all modules, for a message that says which there are.
    pub fn module_names(&self) -> impl Iterator<Item = &str> {
        self.modules.keys().map(String::as_str)
    }

    /// A data file of the script folder, read once for all shards.
    ///
    /// # Errors
    /// Says why it cannot be read.
    pub fn data(&self, path: &str) -> Result<Arc<[u8]>, String> {
        let mut read = self
            .data
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(bytes) = read.get(path) {
            return Ok(Arc::clone(bytes));
        }
        let folder = self
            .data_folder
            .as_ref()
            .ok_or("the built-in scripts have no data files")?;
        let inside = Path::new(path)
            .components()
            .all(|part| matches!(part, std::path::Component::Normal(_)));
        if !inside {
            return Err(format!("{path} must be a path inside the script folder"));
        }
        let bytes: Arc<[u8]> = read_file(&folder.join(path), DATA_LIMIT)?.into();
        read.insert(path.to_owned(), Arc::clone(&bytes));
        Ok(bytes)
    }
}

fn lib_folder(scripts: &Place, lib: Option<&Path>, faults: &mut Vec<Fault>) -> Option<PathBuf> {
    match (lib, scripts) {
        (Some(lib), _) if lib.is_dir() => Some(lib.to_owned()),
        (Some(lib), _) => {
            faults.push(Fault::at(
                lib.display().to_string(),
                "is no folder; name one with --lib-dir, or leave it out",
            ));
            None
        }
        (None, Place::Folder(folder)) => Some(beside(folder)).filter(|lib| lib.is_dir()),
        (None, Place::Stock) => None,
    }
}

fn beside(folder: &Path) -> PathBuf {
    match folder.canonicalize().ok().as_deref().and_then(Path::parent) {
        Some(parent) => parent.join("lib"),
        None => folder.join("../lib"),
    }
}

fn folder_files(folder: &Path, faults: &mut Vec<Fault>) -> BTreeMap<String, Source> {
    let label = label(folder);
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(why) => {
            faults.push(Fault::at(
                folder.display().to_string(),
                format!("cannot be read as a folder: {why}; name one with --script-dir"),
            ));
            return BTreeMap::new();
        }
    };
    let mut files = BTreeMap::new();
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if !name.ends_with(".lua") || !(is_type(&name) || name.starts_with('_')) {
            continue;
        }
        add_source(
            &entry.path(),
            format!("{label}/{name}"),
            name,
            &mut files,
            faults,
        );
    }
    files
}

fn read_modules(
    folder: &Path,
    label: &str,
    prefix: &str,
    modules: &mut BTreeMap<String, Source>,
    faults: &mut Vec<Fault>,
) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = entry.path();
        if path.is_dir() && !name.starts_with('.') {
            read_modules(
                &path,
                &format!("{label}/{name}"),
                &format!("{prefix}{name}."),
                modules,
                faults,
            );
        } else if name.ends_with(".lua") && !name.starts_with('.') {
            add_source(
                &path,
                format!("{label}/{name}"),
                format!("{prefix}{}", stem(&name)),
                modules,
                faults,
            );
        }
    }
}

fn add_source(
    file: &Path,
    path: String,
    key: String,
    sources: &mut BTreeMap<String, Source>,
    faults: &mut Vec<Fault>,
) {
    match read_file(file, SOURCE_LIMIT) {
        Ok(bytes) => {
            sources.insert(
                key,
                Source {
                    path,
                    text: bytes.into(),
                },
            );
        }
        Err(why) => faults.push(Fault::at(path, why)),
    }
}

fn read_file(file: &Path, limit: u64) -> Result<Vec<u8>, String> {
    let size = std::fs::metadata(file)
        .map_err(|why| format!("{} cannot be read: {why}", file.display()))?
        .len();
    if size > limit {
        return Err(format!(
            "{} has {size} bytes; at most {limit} are read",
            file.display()
        ));
    }
    std::fs::read(file).map_err(|why| format!("{} cannot be read: {why}", file.display()))
}

fn stock_modules() -> BTreeMap<String, Source> {
    stock_files(&STOCK_LIB, "lib")
        .into_iter()
        .map(|(name, source)| (stem(&name), source))
        .collect()
}

fn stock_files(dir: &Dir<'_>, label: &str) -> BTreeMap<String, Source> {
    dir.files()
        .filter_map(|file| {
            let name = file.path().file_name()?.to_str()?.to_owned();
            name.ends_with(".lua").then(|| {
                (
                    name.clone(),
                    Source {
                        path: format!("{label}/{name}"),
                        text: file.contents().into(),
                    },
                )
            })
        })
        .collect()
}

/// Only small letters begin the name of a type's file.
fn is_type(name: &str) -> bool {
    name.as_bytes().first().is_some_and(u8::is_ascii_lowercase)
}

fn stem(name: &str) -> String {
    name.trim_end_matches(".lua").to_owned()
}

/// The folder's own name: `scripts` for `/home/me/scripts`.
fn label(folder: &Path) -> String {
    let absolute = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    absolute.file_name().map_or_else(
        || folder.display().to_string(),
        |name| name.to_string_lossy().into_owned(),
    )
}
