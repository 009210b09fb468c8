//! The data files of the script folder as feeds: read and parsed once for as long as a file stays the same.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::SystemTime;

use crate::script::feed::{Feed, FeedCache, Kind};

/// A data file (`data.csv`, `data.json`) may be this long.
const DATA_LIMIT: u64 = 1 << 30;

/// What changes when a file is written or put in another's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    size: u64,
    modified: Option<SystemTime>,
    /// Device and inode, where there are such.
    place: (u64, u64),
}

impl Stamp {
    /// The stamp of a file as it is now; none where there is no file.
    pub fn of(file: &Path) -> Option<Self> {
        let meta = std::fs::metadata(file).ok()?;
        Some(Self {
            size: meta.len(),
            modified: meta.modified().ok(),
            place: place(&meta),
        })
    }
}

#[cfg(unix)]
pub(crate) fn place(meta: &std::fs::Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt as _;
    (meta.dev(), meta.ino())
}

#[cfg(not(unix))]
pub(crate) fn place(_: &std::fs::Metadata) -> (u64, u64) {
    (0, 0)
}

/// What became of a data file.
#[derive(Debug, Clone)]
pub struct ReadDataFile {
    /// The file's stamp when it was read.
    pub stamp: Option<Stamp>,
    /// Its rows, or what is wrong with it: words that follow its name.
    pub feed: Result<Arc<Feed>, String>,
}

/// Why a file cannot be read.
#[derive(Debug)]
pub struct Unreadable {
    /// In words that follow its name.
    pub words: String,
    /// Whether the file is not to blame: this process can open no file at all just now.
    pub starved: bool,
}

/// Whether this process, or the machine, has no descriptors left (EMFILE, ENFILE).
pub fn is_starved(why: &std::io::Error) -> bool {
    matches!(why.raw_os_error(), Some(23 | 24))
}

/// One for a run, shared from bundle to bundle: a gigabyte that did not change is not read again.
#[derive(Debug, Default)]
pub struct Feeds {
    pub(crate) cache: Arc<FeedCache>,
    /// Whether a file could not be read for want of descriptors, since this was asked last.
    starved: AtomicBool,
    known: Mutex<HashMap<(PathBuf, Kind), Known>>,
}

/// A feed is kept by the bundles and VMs that use it.
type Known = (Stamp, Weak<Feed>);

impl Feeds {
    /// Whether a file could not be read for want of descriptors, since this was asked last.
    pub fn take_starved(&self) -> bool {
        self.starved.swap(false, Ordering::Relaxed)
    }

    /// The rows of a file.
    pub fn read(&self, file: &Path, kind: Kind) -> ReadDataFile {
        let stamp = Stamp::of(file);
        if let Some(feed) = stamp.and_then(|stamp| self.known(file, kind, stamp)) {
            let feed = Ok(feed);
            return ReadDataFile { stamp, feed };
        }
        let feed = self.parse(file, kind, stamp);
        if let (Ok(feed), Some(stamp)) = (&feed, stamp) {
            let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            known.retain(|_, (_, feed)| feed.strong_count() > 0);
            known.insert((file.to_owned(), kind), (stamp, Arc::downgrade(feed)));
        }
        ReadDataFile { stamp, feed }
    }

    fn known(&self, file: &Path, kind: Kind, stamp: Stamp) -> Option<Arc<Feed>> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let (then, feed) = known.get(&(file.to_owned(), kind))?;
        feed.upgrade().filter(|_| *then == stamp)
    }

    fn parse(&self, file: &Path, kind: Kind, stamp: Option<Stamp>) -> Result<Arc<Feed>, String> {
        let bytes = read_file(file, DATA_LIMIT).map_err(|why| {
            self.starved.fetch_or(why.starved, Ordering::Relaxed);
            format!(": {}", why.words)
        })?;
        if Stamp::of(file) != stamp {
            return Err(": is being written just now".to_owned());
        }
        let feed = self.cache.feed(kind, &bytes);
        feed.map_err(|fault| fault.to_string())
    }
}

/// Reads a file of at most `limit` bytes; a pipe, which might never end, is none.
///
/// # Errors
/// Says why it cannot be read.
pub fn read_file(file: &Path, limit: u64) -> Result<Vec<u8>, Unreadable> {
    use std::io::ErrorKind::{NotFound, PermissionDenied};
    let fault = |words: String| Unreadable {
        words,
        starved: false,
    };
    let unreadable = |why: std::io::Error| match why.kind() {
        PermissionDenied => {
            fault("cannot be read: permission denied; let this user read it".to_owned())
        }
        NotFound if file.is_symlink() => fault("is a broken link; fix it or remove it".to_owned()),
        _ => Unreadable {
            words: format!("cannot be read: {why}"),
            starved: is_starved(&why),
        },
    };
    let meta = std::fs::metadata(file).map_err(unreadable)?;
    if !meta.is_file() {
        let what = if meta.is_dir() {
            "a folder"
        } else {
            "not a file"
        };
        return Err(fault(format!(
            "cannot be read: it is {what}; rename it or remove it"
        )));
    }
    if meta.len() > limit {
        return Err(fault(format!(
            "has {} bytes, and at most {limit} are read; make it smaller",
            meta.len()
        )));
    }
    std::fs::read(file).map_err(unreadable)
}
