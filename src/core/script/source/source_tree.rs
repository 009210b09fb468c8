//! One reading of the folders: all sources, what could not be read, and a fingerprint of it.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::{self, DirEntry};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use include_dir::{Dir, include_dir};

use super::data_files::{is_starved, place, read_file};
use super::file::{Place, Source};
use super::fingerprint::{Fingerprint, FingerprintBuilder};
use super::watch_roots::WatchRoots;
use crate::plan::file::FILE_NAME;
use crate::script::diagnostic::Diagnostic;

static STOCK_SCRIPTS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../scripts");
static STOCK_LIB: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../lib");

/// What the names of test files end in, which are neither types nor modules.
const TESTS: &str = "_test.lua";
/// A source file longer than this is none.
const SOURCE_LIMIT: u64 = 4 << 20;
/// More entries than this are no lib folder: they are looked at every two seconds.
const ENTRIES_LIMIT: usize = 10_000;

/// Where the sources are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    /// The types.
    pub scripts: Place,
    /// The modules; none: the folder `lib` beside the script folder, as long as there is one.
    pub lib: Option<PathBuf>,
    /// The plan file; none: `throng.toml` in the script folder, as long as there is one.
    pub plan: Option<PathBuf>,
}

impl fmt::Display for Places {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.scripts, &self.lib) {
            (Place::Folder(folder), _) | (Place::Stock, Some(folder)) => folder.display().fmt(f),
            (Place::Stock, None) => f.write_str("the built-in scripts"),
        }
    }
}

/// Whether a folder has the types inside the program, and no others.
pub fn is_stock(folder: &Path) -> bool {
    let places = Places {
        scripts: Place::Folder(folder.to_owned()),
        lib: None,
        plan: None,
    };
    let found = Tree::read(&places).scripts;
    let own = stock_files(&STOCK_SCRIPTS, "scripts");
    let texts = |(name, source): (&String, &Source)| (name.clone(), Arc::clone(&source.text));
    found.iter().map(texts).eq(own.iter().map(texts))
}

/// What one reading found.
#[derive(Debug)]
pub struct Tree {
    pub places: Places,
    /// Of the script folder, by file name.
    pub scripts: BTreeMap<String, Source>,
    /// Of the lib folder, by the name that `require` takes.
    pub modules: BTreeMap<String, Source>,
    /// The plan file.
    pub settings: Option<Source>,
    /// Files that end like scripts and have names that no type has: `scripts/Login.lua`.
    pub passed_over: Vec<String>,
    /// What cannot be read.
    pub faults: Vec<Diagnostic>,
    /// Whether some of it cannot be read for want of descriptors: then this is no state of the folders.
    pub starved: bool,
    /// Over all of that.
    pub fingerprint: Fingerprint,
    /// Where changes would be seen.
    pub ground: WatchRoots,
}

impl Tree {
    /// Reads everything, once.
    pub fn read(places: &Places) -> Self {
        let mut reading = Reading::default();
        let (mut scripts, mut settings) = (BTreeMap::new(), None);
        match &places.scripts {
            Place::Stock => scripts = stock_files(&STOCK_SCRIPTS, "scripts"),
            Place::Folder(folder) => {
                reading.script_folder(folder, &mut scripts);
                settings = scripts.remove(FILE_NAME);
            }
        }
        if let Some(plan) = &places.plan {
            settings = reading.plan_file(plan);
        }
        let mut modules = BTreeMap::new();
        if let Some(lib) = reading.lib_folder(places) {
            reading.modules(&lib, &label(&lib), "", &mut Vec::new(), &mut modules);
        }
        // A folder tells its entries in any order.
        reading.faults.sort_by(|a, b| a.place.cmp(&b.place));
        reading.passed_over.sort();
        let mut builder = FingerprintBuilder::new();
        for source in scripts.values().chain(modules.values()).chain(&settings) {
            builder.part(source.path.as_bytes());
            builder.part(&source.text);
        }
        for fault in &reading.faults {
            builder.part(fault.to_string().as_bytes());
        }
        for path in &reading.passed_over {
            builder.part(path.as_bytes());
        }
        Self {
            places: places.clone(),
            scripts,
            modules,
            settings,
            passed_over: reading.passed_over,
            faults: reading.faults,
            starved: reading.starved,
            fingerprint: builder.finish(),
            ground: reading.ground,
        }
    }
}

#[derive(Default)]
struct Reading {
    passed_over: Vec<String>,
    faults: Vec<Diagnostic>,
    starved: bool,
    ground: WatchRoots,
    entries: usize,
}

impl Reading {
    fn script_folder(&mut self, folder: &Path, files: &mut BTreeMap<String, Source>) {
        self.ground.folder(folder);
        let label = label(folder);
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(why) => {
                self.starved |= is_starved(&why);
                self.faults.push(Diagnostic::at(
                    folder.display().to_string(),
                    format!("cannot be read as a folder: {why}; name one with --script-dir"),
                ));
                return;
            }
        };
        for entry in entries.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.ends_with(TESTS) {
                continue;
            }
            let is_script = name.ends_with(".lua") && (is_type(&name) || name.starts_with('_'));
            if is_script || name == FILE_NAME {
                self.source(&entry, format!("{label}/{name}"), name, files);
            } else if ends_like_a_script(&name) && !name.starts_with(['.', '_']) {
                self.passed_over.push(format!("{label}/{name}"));
            }
        }
    }

    /// The plan file that takes the place of the script folder's.
    fn plan_file(&mut self, file: &Path) -> Option<Source> {
        self.ground.file(file);
        let path = file.display().to_string();
        match read_file(file, SOURCE_LIMIT) {
            Ok(bytes) => {
                let text = bytes.into();
                Some(Source { path, text })
            }
            Err(why) => {
                self.starved |= why.starved;
                self.faults.push(Diagnostic::at(path, why.words));
                None
            }
        }
    }

    fn lib_folder(&mut self, places: &Places) -> Option<PathBuf> {
        if let Some(lib) = &places.lib {
            self.ground.folder(lib);
            if !lib.is_dir() {
                self.faults.push(Diagnostic::at(
                    lib.display().to_string(),
                    "is not a folder; give one with --lib-dir, or leave it out",
                ));
                return None;
            }
            return Some(lib.clone());
        }
        let Place::Folder(folder) = &places.scripts else {
            return None;
        };
        let beside = beside(folder);
        for lib in &beside {
            self.ground.folder(lib);
        }
        beside.into_iter().find(|lib| lib.is_dir())
    }

    /// `above` are the folders around this one: a link to one of them is a circle.
    fn modules(
        &mut self,
        folder: &Path,
        label: &str,
        prefix: &str,
        above: &mut Vec<(u64, u64)>,
        modules: &mut BTreeMap<String, Source>,
    ) {
        self.ground.inside(folder);
        let (entries, identity) = match (fs::read_dir(folder), fs::metadata(folder)) {
            (Ok(entries), Ok(meta)) => (entries, place(&meta)),
            (Err(why), _) | (_, Err(why)) => {
                self.starved |= is_starved(&why);
                self.faults.push(Diagnostic::at(
                    label,
                    format!("cannot be read as a folder: {why}; make it readable, or move it out"),
                ));
                return;
            }
        };
        if identity != (0, 0) && above.contains(&identity) {
            return;
        }
        above.push(identity);
        for entry in entries.flatten() {
            self.entries += 1;
            if self.entries == ENTRIES_LIMIT {
                self.faults.push(Diagnostic::at(
                    label,
                    format!(
                        "is too much for a lib folder, which holds at most {ENTRIES_LIMIT} \
                             entries; name one with modules only with --lib-dir"
                    ),
                ));
            }
            let name = entry.file_name().to_string_lossy().into_owned();
            if self.entries >= ENTRIES_LIMIT || name.starts_with('.') || name.ends_with(TESTS) {
                continue;
            }
            let (path, below) = (entry.path(), format!("{label}/{name}"));
            if path.is_dir() {
                self.modules(&path, &below, &format!("{prefix}{name}."), above, modules);
            } else if name.ends_with(".lua") {
                self.source(&entry, below, format!("{prefix}{}", stem(&name)), modules);
            }
        }
        above.pop();
    }

    fn source(
        &mut self,
        entry: &DirEntry,
        path: String,
        key: String,
        sources: &mut BTreeMap<String, Source>,
    ) {
        let file = entry.path();
        if entry.file_type().is_ok_and(|kind| kind.is_symlink()) {
            self.ground.link(&file);
        }
        match read_file(&file, SOURCE_LIMIT) {
            Ok(bytes) => {
                let text = bytes.into();
                sources.insert(key, Source { path, text });
            }
            Err(why) => {
                self.starved |= why.starved;
                self.faults.push(Diagnostic::at(path, why.words));
            }
        }
    }
}

impl Places {
    /// The folders that hold the scripts and modules of the user's own, by the names that messages give them.
    pub fn folders(&self) -> Vec<(String, PathBuf)> {
        let Place::Folder(scripts) = &self.scripts else {
            return Vec::new();
        };
        let lib = match &self.lib {
            Some(lib) => Some(lib.clone()),
            None => beside(scripts).into_iter().find(|lib| lib.is_dir()),
        };
        let folders = [Some(scripts.clone()), lib];
        folders
            .into_iter()
            .flatten()
            .map(|folder| (label(&folder), folder))
            .collect()
    }
}

/// Reads a file as those of the script folder are read.
///
/// # Errors
/// Why it cannot be read, in words that follow its name.
pub fn read_source(file: &Path) -> Result<Vec<u8>, String> {
    read_file(file, SOURCE_LIMIT).map_err(|why| why.words)
}

/// `lib` in the folder that holds the script folder: where its path says, and where it really is.
fn beside(folder: &Path) -> Vec<PathBuf> {
    let named = match folder.file_name() {
        Some(_) => folder.with_file_name("lib"),
        None => folder.join("..").join("lib"),
    };
    let real = folder.canonicalize().ok();
    let real = real.as_deref().and_then(Path::parent);
    let mut found = vec![named];
    found.extend(real.map(|parent| parent.join("lib")));
    found
}

/// The modules inside the program, by name.
pub fn stock_modules() -> BTreeMap<String, Source> {
    stock_files(&STOCK_LIB, "lib")
        .into_iter()
        .map(|(name, source)| (stem(&name).to_owned(), source))
        .collect()
}

fn stock_files(dir: &Dir<'_>, label: &str) -> BTreeMap<String, Source> {
    dir.files()
        .filter_map(|file| {
            let name = file.path().file_name()?.to_str()?.to_owned();
            let path = format!("{label}/{name}");
            let text = file.contents().into();
            name.ends_with(".lua")
                .then_some((name, Source { path, text }))
        })
        .collect()
}

/// Only small letters begin the name of a type's file.
fn is_type(name: &str) -> bool {
    name.as_bytes().first().is_some_and(u8::is_ascii_lowercase)
}

/// `.lua`, also where a file system or an editor made `.LUA` of it.
fn ends_like_a_script(name: &str) -> bool {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending);
    ending.is_some_and(|ending| ending.eq_ignore_ascii_case("lua"))
}

/// The name without its ending.
pub fn stem(file: &str) -> &str {
    file.strip_suffix(".lua").unwrap_or(file)
}

/// The folder's own name: `scripts` for `/home/me/scripts`. That of a link stays when it points to another place.
fn label(folder: &Path) -> String {
    let own = |folder: &Path| Some(folder.file_name()?.to_string_lossy().into_owned());
    own(folder)
        .or_else(|| own(&folder.canonicalize().ok()?))
        .unwrap_or_else(|| folder.display().to_string())
}
