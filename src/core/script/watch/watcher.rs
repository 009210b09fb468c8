//! The system's own watching of folders. What it tells are hints only: somebody must look.
//!
//! Folders are watched, never files: editors put a new file in the old one's place, and a watch would stay with the old.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use notify::event::{AccessKind, AccessMode};
use notify::{
    Config, ErrorKind, Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _,
};

use crate::script::source::data_files::place;
use crate::script::source::watch_roots::WatchRoots;

/// Whether an event may mean a change.
fn is_touched_by(roots: &WatchRoots, event: &Event) -> bool {
    // Looking at the folders opens files too.
    let written = EventKind::Access(AccessKind::Close(AccessMode::Write));
    if event.kind.is_access() && event.kind != written {
        return false;
    }
    event.need_rescan() || event.paths.iter().any(|path| roots.matters(path))
}

/// What tells a folder from another that has come into its place; inodes alone are used again at once.
type Identity = ((u64, u64), Option<SystemTime>);

fn identity(folder: &Path) -> Option<Identity> {
    let meta = std::fs::metadata(folder).ok()?;
    Some((place(&meta), meta.created().ok()))
}

/// A watcher and the folders that it watches.
pub struct Watcher {
    system: RecommendedWatcher,
    armed: BTreeMap<PathBuf, Identity>,
    /// What matters, for the system's thread.
    ground: Arc<Mutex<WatchRoots>>,
}

impl Watcher {
    /// Begins to watch nothing; `hint` is called, on a thread of its own, when something may have changed.
    ///
    /// # Errors
    /// Why the system refuses, and what to do.
    pub fn open(hint: impl Fn() + Send + 'static) -> Result<Self, String> {
        // The watcher panics where its thread does not start.
        std::thread::Builder::new()
            .spawn(|| {})
            .map_err(|why| format!("there is no thread for it: {why}"))?;
        let ground = Arc::new(Mutex::new(WatchRoots::default()));
        let shared = Arc::clone(&ground);
        let tell = move |event: notify::Result<Event>| {
            let ground = shared.lock().unwrap_or_else(PoisonError::into_inner);
            // An error, such as events that were lost, means that anything may have happened.
            if event.map_or(true, |event| is_touched_by(&ground, &event)) {
                hint();
            }
        };
        Ok(Self {
            system: RecommendedWatcher::new(tell, Config::default()).map_err(|why| words(&why))?,
            armed: BTreeMap::new(),
            ground,
        })
    }

    /// Watches this ground and no other; tells whether some of it was not watched before.
    ///
    /// # Errors
    /// Why a folder that is there cannot be watched, and what to do; the others are.
    pub fn arm(&mut self, ground: &WatchRoots) -> Result<bool, String> {
        self.ground
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone_from(ground);
        let system = &mut self.system;
        self.armed.retain(|folder, then| {
            let stays = ground.folders.contains_key(folder) && identity(folder) == Some(*then);
            if !stays {
                // A folder that is gone has taken its watch with it.
                let _ = system.unwatch(folder);
            }
            stays
        });
        let (mut grown, mut refused) = (false, None);
        for folder in ground.folders.keys() {
            let Some(identity) = identity(folder).filter(|_| !self.armed.contains_key(folder))
            else {
                continue;
            };
            match self.system.watch(folder, RecursiveMode::NonRecursive) {
                Ok(()) => {
                    self.armed.insert(folder.clone(), identity);
                    grown = true;
                }
                Err(why) if matches!(why.kind, ErrorKind::PathNotFound) => {}
                Err(why) => refused = Some(words(&why)),
            }
        }
        refused.map_or(Ok(grown), Err)
    }
}

/// Too many open files, of this process and of the machine.
const EMFILE: i32 = 24;
const ENFILE: i32 = 23;

/// What is wrong and what to do.
fn words(error: &notify::Error) -> String {
    match &error.kind {
        ErrorKind::MaxFilesWatch => "the system has no watches left; raise the limit with \
             `sysctl fs.inotify.max_user_watches=524288`"
            .to_owned(),
        ErrorKind::Io(why) if matches!(why.raw_os_error(), Some(EMFILE | ENFILE)) => {
            "the system has no watchers, or no open files, left; raise the limits with \
             `sysctl fs.inotify.max_user_instances=512` and `ulimit -n 65536`"
                .to_owned()
        }
        _ => format!("the system says: {error}"),
    }
}
