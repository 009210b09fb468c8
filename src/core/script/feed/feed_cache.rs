//! Cache of the feeds of a process: each is parsed once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use sha2::{Digest as _, Sha256};

use super::leases::RunLeases;
use super::rows::{Feed, FeedError, Key, Kind};

/// Feeds by content: VMs and versions that read the same bytes share the rows. A feed that nobody holds is freed.
#[derive(Debug, Default)]
pub struct FeedCache {
    /// A std mutex, since nothing waits while it is held, and only modules that load come here.
    feeds: Mutex<HashMap<Key, Weak<Feed>>>,
    /// Who has which of their rows.
    pub(crate) leases: RunLeases,
}

impl FeedCache {
    /// The feed of these bytes.
    ///
    /// # Errors
    /// What is wrong with the file, by line.
    pub fn feed(&self, kind: Kind, bytes: &[u8]) -> Result<Arc<Feed>, FeedError> {
        let key = Key {
            kind,
            digest: Sha256::digest(bytes).into(),
        };
        let mut feeds = self.feeds.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(feed) = feeds.get(&key).and_then(Weak::upgrade) {
            return Ok(feed);
        }
        let feed = Arc::new(Feed::parse(key, bytes)?);
        feeds.retain(|_, feed| feed.strong_count() > 0);
        feeds.insert(key, Arc::downgrade(&feed));
        Ok(feed)
    }
}
