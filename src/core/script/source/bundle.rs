//! One accepted state of the script folders: every source of every type, read once, the same on every shard.
//! Its number is given to it by who accepts it.

mod serial;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use tokio::sync::mpsc;

pub use super::file::{Place, Source};

use super::data_files::{Feeds, ReadDataFile, Stamp};
use super::fingerprint::{Fingerprint, FingerprintBuilder};
use super::require_graph::RequireGraph;
use super::source_tree::{Places, Tree, stem, stock_modules};
use crate::metrics::Declaration;
use crate::script::diagnostic::Diagnostic;
use crate::script::feed::{Feed, FeedId, Kind, RowAnswer, RowRequest};

/// The script that belongs to the whole crowd: `setup` and `teardown`.
const CROWD_FILE: &str = "_crowd.lua";

/// A data file by its path in the script folder, and how it is read.
pub type DataFile = (String, Kind);

/// Everything that the users of a run may execute.
#[derive(Debug)]
pub struct Bundle {
    /// The types by name, in alphabetical order.
    pub types: BTreeMap<String, Source>,
    /// `_crowd.lua`.
    pub crowd: Option<Source>,
    /// The plan file.
    pub(crate) settings: Option<Source>,
    modules: BTreeMap<String, Source>,
    /// Files of the script folder that end like scripts and have names that no type has.
    passed_over: Vec<String>,
    data_folder: Option<PathBuf>,
    data: Mutex<BTreeMap<DataFile, ReadDataFile>>,
    /// The data files of the run, kept from bundle to bundle.
    pub(crate) feeds: Arc<Feeds>,
    /// Of the sources alone.
    pub(crate) tree: Fingerprint,
    seal: OnceLock<Seal>,
}

/// What is known of a bundle once its scripts were loaded.
#[derive(Debug)]
struct Seal {
    fingerprint: Fingerprint,
    closures: BTreeMap<String, Fingerprint>,
    declared: Vec<Declaration>,
}

impl Bundle {
    /// Reads a state of the folders. `lib` none: the folder `lib` beside the script folder, if there is one.
    ///
    /// # Errors
    /// Every file that cannot be read, or that there is nothing to run.
    pub fn read(scripts: &Place, lib: Option<&Path>) -> Result<Self, Vec<Diagnostic>> {
        let places = Places {
            scripts: scripts.clone(),
            lib: lib.map(Path::to_owned),
            plan: None,
        };
        Self::open(&places)
    }

    /// Reads a state of these places.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn open(places: &Places) -> Result<Self, Vec<Diagnostic>> {
        Self::new(Tree::read(places), Arc::default())
    }

    /// Makes a bundle of what was read; `feeds` are those of the bundle before.
    ///
    /// # Errors
    /// Every file that cannot be read, or that there is nothing to run.
    pub(crate) fn new(tree: Tree, feeds: Arc<Feeds>) -> Result<Self, Vec<Diagnostic>> {
        let Tree {
            places,
            mut scripts,
            modules: own,
            settings,
            passed_over,
            mut faults,
            fingerprint,
            ..
        } = tree;
        let crowd = scripts.remove(CROWD_FILE);
        let (types, hidden): (BTreeMap<_, _>, BTreeMap<_, _>) = scripts
            .into_iter()
            .map(|(name, source)| (stem(&name).to_owned(), source))
            .partition(|(name, _)| !name.starts_with('_'));
        let mut modules = stock_modules();
        modules.extend(own.into_iter().chain(hidden));
        let (place, data_folder) = match places.scripts {
            Place::Folder(folder) => (folder.display().to_string(), Some(folder)),
            Place::Stock => ("the built-in scripts".to_owned(), None),
        };
        if types.is_empty() && faults.is_empty() {
            if let Some(words) = passed_over_words(&passed_over) {
                faults.push(Diagnostic::at(&place, words));
            }
            faults.push(Diagnostic::at(
                place,
                "there is no script in it; put a file such as \
                                               browse.lua there, whose table has steps, or give \
                                               --builtin for the types inside the program",
            ));
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(Self {
            types,
            crowd,
            settings,
            modules,
            passed_over,
            data_folder,
            data: Mutex::default(),
            feeds,
            tree: fingerprint,
            seal: OnceLock::new(),
        })
    }

    /// The same scripts, whose exclusive rows are given together with those of another bundle of the run.
    #[must_use]
    pub fn with_feeds_of(self, other: &Self) -> Self {
        let feeds = Arc::clone(&other.feeds);
        Self { feeds, ..self }
    }

    /// From now on exclusive rows are leased from somebody who knows which are free on all machines, and who is asked by
    /// these requests.
    pub fn lease_rows(&self, requests: mpsc::UnboundedSender<RowRequest>) {
        self.feeds.cache.leases.lease_from(requests);
    }

    /// What was answered.
    pub fn on_rows(&self, answer: RowAnswer) {
        self.feeds.cache.leases.on_answer(answer);
    }

    /// The folder that it was read from; none: the scripts are inside the program.
    pub fn folder(&self) -> Option<&Path> {
        self.data_folder.as_deref()
    }

    /// Says which files are passed over since their names are those of no types; none where there are none.
    pub fn passed_over(&self) -> Option<String> {
        passed_over_words(&self.passed_over)
    }

    /// The module that `require(name)` finds.
    pub fn module(&self, name: &str) -> Option<&Source> {
        self.modules.get(name)
    }

    /// The script or module that messages name by this path.
    pub fn source(&self, path: &str) -> Option<&Source> {
        let mut all = self.types.values().chain(self.modules.values());
        all.find(|source| source.path == path)
    }

    /// Names of all modules, for a message that says which there are.
    pub fn module_names(&self) -> impl Iterator<Item = &str> {
        self.modules.keys().map(String::as_str)
    }

    /// Path and text of the types and of the modules that are not those inside the program.
    pub fn own_sources(&self) -> impl Iterator<Item = (&str, &[u8])> {
        let modules = self.own_modules().map(|(_, source)| source);
        let sources = self.types.values().chain(modules);
        sources.map(|source| (source.path.as_str(), &*source.text))
    }

    /// All modules by name, without those that are inside the program as they are there.
    pub(crate) fn own_modules(&self) -> impl Iterator<Item = (&str, &Source)> {
        let stock = stock_modules();
        let all = self.modules.iter().map(|(name, source)| (&**name, source));
        all.filter(move |(name, source)| {
            stock
                .get(*name)
                .is_none_or(|inside| inside.text != source.text)
        })
    }

    /// All modules, also those that nobody needs.
    pub(crate) fn modules(&self) -> impl Iterator<Item = &Source> {
        self.modules.values()
    }

    /// The types that use a file, by the name that messages give it: their own, or a module that they reach. None of a file
    /// that is neither.
    pub fn types_of(&self, path: &str) -> Option<BTreeSet<&str>> {
        let types = || self.types.iter().map(|(name, source)| (&**name, source));
        if let Some((name, _)) = types().find(|(_, source)| source.path == path) {
            return Some(BTreeSet::from([name]));
        }
        let (module, _) = self
            .modules
            .iter()
            .find(|(_, source)| source.path == path)?;
        let graph = RequireGraph::of(&self.modules);
        let reached = types().filter(|(_, source)| graph.reach(&source.text).contains(module));
        Some(reached.map(|(name, _)| name).collect())
    }

    /// A data file of the script folder, read once for all shards and as it was then.
    ///
    /// # Errors
    /// Says what is wrong with the file, in words that follow its name.
    pub fn feed(&self, path: &str, kind: Kind) -> Result<Arc<Feed>, String> {
        let Some(folder) = &self.data_folder else {
            return Err(": the built-in scripts have no data files".to_owned());
        };
        let inside = |part| matches!(part, Component::Normal(_) | Component::CurDir);
        if !Path::new(path).components().all(inside) {
            return Err(": must be a path inside the script folder".to_owned());
        }
        let mut data = self.data.lock().unwrap_or_else(PoisonError::into_inner);
        let filed = data
            .entry((path.to_owned(), kind))
            .or_insert_with(|| self.feeds.read(&folder.join(path), kind));
        filed.feed.clone()
    }

    /// A data file that was read already, by what other processes know it by.
    pub fn feed_of(&self, id: &FeedId) -> Option<Arc<Feed>> {
        let data = self.data.lock().unwrap_or_else(PoisonError::into_inner);
        let mut read = data.values().filter_map(|filed| filed.feed.as_ref().ok());
        read.find(|feed| feed.key() == id.key).cloned()
    }

    /// Tells this state from any other: over names and contents of all that was read. Complete once the bundle was
    /// checked, since only then the data files are known.
    pub fn fingerprint(&self) -> Fingerprint {
        self.seal.get().map_or(self.tree, |seal| seal.fingerprint)
    }

    /// Over a type's script, the modules that it reaches and the data files that it reads: when it is the same in two
    /// bundles, the type is of one version. None before the bundle was checked, or where the type does not exist.
    pub fn closure(&self, kind: &str) -> Option<Fingerprint> {
        self.seal.get()?.closures.get(kind).copied()
    }

    /// The metrics that its scripts declare; none before the bundle was checked.
    pub(crate) fn declared(&self) -> &[Declaration] {
        self.seal.get().map_or(&[], |seal| &seal.declared)
    }

    /// The data files that were asked for, as they were when they were read.
    pub(crate) fn stamps(&self) -> BTreeMap<PathBuf, Option<Stamp>> {
        let Some(folder) = &self.data_folder else {
            return BTreeMap::new();
        };
        let data = self.data.lock().unwrap_or_else(PoisonError::into_inner);
        data.iter()
            .map(|((path, _), filed)| (folder.join(path), filed.stamp))
            .collect()
    }

    /// Ends the reading: `read` are the data files of each type, `declared` all metrics.
    pub(crate) fn seal(
        &self,
        read: &BTreeMap<String, BTreeSet<DataFile>>,
        declared: Vec<Declaration>,
    ) {
        let data = self.data.lock().unwrap_or_else(PoisonError::into_inner);
        let graph = RequireGraph::of(&self.modules);
        let closure = |(name, source): (&String, &Source)| {
            let mut builder = FingerprintBuilder::new();
            builder.part(&source.text);
            for module in graph.reach(&source.text) {
                builder.part(module.as_bytes());
                // A module that is not there differs from an empty one.
                let text = self.modules.get(&module).map(|source| &*source.text);
                builder.part(if text.is_some() { b"is" } else { b"is not" });
                builder.part(text.unwrap_or_default());
            }
            for file in read.get(name).into_iter().flatten() {
                add_file(&mut builder, file, data.get(file));
            }
            (name.clone(), builder.finish())
        };
        let mut whole = FingerprintBuilder::new();
        whole.part(self.tree.as_bytes());
        for (file, filed) in data.iter() {
            add_file(&mut whole, file, Some(filed));
        }
        // A second check of the same bundle finds the same.
        let _ = self.seal.set(Seal {
            fingerprint: whole.finish(),
            closures: self.types.iter().map(closure).collect(),
            declared,
        });
    }
}

fn passed_over_words(files: &[String]) -> Option<String> {
    let (what, have) = match files {
        [] => return None,
        [one] => (one.clone(), "is passed over: it has"),
        many => (many.join(", "), "are passed over: they have"),
    };
    Some(format!(
        "{what} {have} no name of a type, which begins with a small letter and ends with .lua; \
         rename it, or begin it with _ if it is not a type"
    ))
}

fn add_file(builder: &mut FingerprintBuilder, (path, _): &DataFile, filed: Option<&ReadDataFile>) {
    builder.part(path.as_bytes());
    match filed.map(|filed| &filed.feed) {
        Some(Ok(feed)) => builder.part(feed.digest()),
        Some(Err(why)) => builder.part(why.as_bytes()),
        None => {}
    }
}
