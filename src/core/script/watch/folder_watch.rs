//! Says which files of the script folders changed, whatever is in them: the next run finds their faults.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use super::watcher::Watcher;
use crate::plan::Watch;
use crate::script::source::source_tree::{Places, Tree};

/// Quiet time after the last hint, before it looks: an editor writes more than once.
const SETTLE: Duration = Duration::from_millis(100);
/// Time between two looks without a hint.
const POLL: Duration = Duration::from_secs(2);

/// A file that changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileChange {
    New(String),
    Changed(String),
    Gone(String),
}

/// The files as they were seen last.
pub struct FolderWatch {
    places: Places,
    watcher: Option<Watcher>,
    hints: Receiver<()>,
    /// By path: a hash of the text.
    seen: BTreeMap<String, u64>,
    hinted: Option<Instant>,
    next: Instant,
}

impl FolderWatch {
    /// Has seen what is there now.
    ///
    /// # Errors
    /// Why the system's events cannot be had, where [`Watch::Native`] wants them.
    pub fn open(places: Places, watch: Watch) -> Result<Self, String> {
        let (hint, hints) = mpsc::channel();
        let mut tree = Tree::read(&places);
        let seen = hashes(&mut tree);
        let watcher = match watch {
            Watch::Poll | Watch::Off => None,
            Watch::Auto | Watch::Native => {
                // Nobody waits for hints any more.
                let armed = Watcher::open(move || hint.send(()).unwrap_or_default()).and_then(
                    |mut watcher| {
                        watcher.arm(&tree.ground)?;
                        Ok(watcher)
                    },
                );
                match armed {
                    Ok(watcher) => Some(watcher),
                    Err(why) if watch == Watch::Native => return Err(why),
                    Err(_) => None,
                }
            }
        };
        Ok(Self {
            places,
            watcher,
            hints,
            seen,
            hinted: None,
            next: Instant::now() + POLL,
        })
    }

    /// What changed since the last time, once it is quiet; waits for nothing.
    pub fn look(&mut self) -> Vec<FileChange> {
        let now = Instant::now();
        if self.hints.try_iter().count() > 0 {
            self.hinted = Some(now);
        }
        let is_due = self.hinted.is_some_and(|hinted| now >= hinted + SETTLE) || now >= self.next;
        if !is_due {
            return Vec::new();
        }
        self.hinted = None;
        self.next = now + POLL;
        let mut tree = Tree::read(&self.places);
        if tree.starved {
            return Vec::new();
        }
        if let Some(watcher) = &mut self.watcher {
            // Where it cannot, the next look finds what there is.
            let _ = watcher.arm(&tree.ground);
        }
        let now = hashes(&mut tree);
        let before = std::mem::replace(&mut self.seen, now);
        changes(&before, &self.seen)
    }
}

fn hashes(tree: &mut Tree) -> BTreeMap<String, u64> {
    let sources = tree.scripts.values().chain(tree.modules.values());
    let sources = sources.chain(&tree.settings);
    let hashed = sources.map(|source| (source.path.clone(), hash(&source.text)));
    let mut hashed: BTreeMap<String, u64> = hashed.collect();
    // A file that cannot be read any more is a change, too.
    for fault in &tree.faults {
        hashed.insert(fault.place.clone(), hash(fault.message.as_bytes()));
    }
    hashed
}

fn hash(text: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

fn changes(before: &BTreeMap<String, u64>, now: &BTreeMap<String, u64>) -> Vec<FileChange> {
    let gone = before.keys().filter(|path| !now.contains_key(*path));
    let gone = gone.map(|path| FileChange::Gone(path.clone()));
    let there = now
        .iter()
        .filter_map(|(path, hash)| match before.get(path) {
            None => Some(FileChange::New(path.clone())),
            Some(known) if known != hash => Some(FileChange::Changed(path.clone())),
            Some(_) => None,
        });
    there.chain(gone).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_names_each_file_and_what_became_of_it() {
        let of = |files: &[(&str, u64)]| {
            let files = files.iter().map(|(path, hash)| ((*path).to_owned(), *hash));
            files.collect::<BTreeMap<_, _>>()
        };
        let before = of(&[("a.lua", 1), ("b.lua", 2), ("c.lua", 3)]);
        let now = of(&[("a.lua", 1), ("b.lua", 9), ("d.lua", 4)]);
        assert_eq!(
            changes(&before, &now),
            [
                FileChange::Changed("b.lua".to_owned()),
                FileChange::New("d.lua".to_owned()),
                FileChange::Gone("c.lua".to_owned()),
            ]
        );
        assert_eq!(changes(&now, &now), []);
    }
}
