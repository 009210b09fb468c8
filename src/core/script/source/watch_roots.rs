//! Watch roots: the folders in which changes of the sources would be seen.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

/// Where changes would be seen: folders by their real paths, and what matters in each.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct WatchRoots {
    pub(crate) folders: BTreeMap<PathBuf, WatchedEntries>,
}

/// The entries of a folder that matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum WatchedEntries {
    All,
    Named(BTreeSet<OsString>),
}

impl WatchRoots {
    /// A folder with all that is in it, and whatever can put another in its place: itself, and links on the way to it.
    pub fn folder(&mut self, folder: &Path) {
        self.inside(folder);
        let Ok(path) = std::path::absolute(folder) else {
            return;
        };
        for (at, part) in path.ancestors().enumerate() {
            if at == 0 || part.is_symlink() {
                self.entry(part);
            }
        }
    }

    /// All that is in a folder.
    pub fn inside(&mut self, folder: &Path) {
        if let Ok(folder) = folder.canonicalize() {
            self.folders.insert(folder, WatchedEntries::All);
        }
    }

    /// A file, and where it really is if it is a link.
    pub fn file(&mut self, file: &Path) {
        self.entry(file);
        if file.is_symlink() {
            self.link(file);
        }
    }

    /// Where a link leads to.
    pub fn link(&mut self, link: &Path) {
        if let Ok(file) = link.canonicalize() {
            self.entry(&file);
        }
    }

    /// One entry of the folder that holds it.
    fn entry(&mut self, path: &Path) {
        // `..` at the end names no entry of any folder.
        let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
            return;
        };
        let Ok(folder) = folder.canonicalize() else {
            return;
        };
        let matter = self.folders.entry(folder);
        if let WatchedEntries::Named(names) =
            matter.or_insert(WatchedEntries::Named(BTreeSet::new()))
        {
            names.insert(name.to_owned());
        }
    }

    /// Whether there is nothing to watch.
    pub fn is_empty(&self) -> bool {
        self.folders.is_empty()
    }

    /// Whether a change of this path may be one of the sources.
    pub fn matters(&self, path: &Path) -> bool {
        let entry = |folder: &Path, name: &OsStr| match self.folders.get(folder) {
            Some(WatchedEntries::All) => true,
            Some(WatchedEntries::Named(names)) => names.contains(name),
            None => false,
        };
        let inside = path.parent().zip(path.file_name());
        inside.is_some_and(|(folder, name)| entry(folder, name)) || self.folders.contains_key(path)
    }
}
