//! What a run created on the target, and who may delete it.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use super::api::auth::Scheme;

/// A method and a path template such as `/api/v1/users/{id}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deletion {
    /// `DELETE`, usually.
    pub method: String,
    /// With parameters in braces, filled from [`Entry::params`].
    pub path: String,
    /// JSON to send with it, for what is taken away in bulk.
    pub body: Option<Value>,
}

/// Where an unconfirmed thing is looked up: a path template, and a JSON pointer to its id in the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lookup {
    /// With parameters in braces, filled from [`Entry::params`].
    pub path: String,
    /// RFC 6901; where it leads nowhere the thing does not exist.
    pub id: String,
}

/// One thing that a request is meant to create.
#[derive(Debug, Clone)]
pub struct Entry {
    /// What it is: `user`, `role`.
    pub kind: Arc<str>,
    /// Kinds that must outlive it: a profile needs its user, so profiles are deleted before users.
    pub needs: Vec<Arc<str>>,
    /// Values for the path of its deletion: its `id`, and the parameters of the request that made it.
    pub params: BTreeMap<String, String>,
    /// How to delete it.
    pub delete: Deletion,
    /// How to find out whether it exists, when its creation was not confirmed.
    pub find: Option<Lookup>,
    /// The account that may delete it, as `auth.login` takes it; none: nobody needs to log in.
    pub login: Option<(Arc<Scheme>, Value)>,
    /// Whether the target confirmed that it exists.
    pub confirmed: bool,
}

/// Names an entry within its shard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct EntryId(u64);

/// The entries of one shard, in the order in which they were meant.
#[derive(Debug, Default)]
pub struct Ledger {
    next: u64,
    entries: BTreeMap<EntryId, Entry>,
    /// Whether the run cleans up: without it nothing is kept.
    pub wanted: bool,
}

impl Ledger {
    /// A ledger that keeps entries only if the run will clean up.
    pub fn new(wanted: bool) -> Self {
        Self {
            wanted,
            ..Self::default()
        }
    }

    /// Writes down what the request that is about to leave means to create.
    pub fn intend(&mut self, entry: Entry) -> EntryId {
        self.next += 1;
        let id = EntryId(self.next);
        self.entries.insert(id, entry);
        id
    }

    /// The target confirmed it, under this id if it gave one.
    pub fn confirm(&mut self, id: EntryId, given: Option<String>) {
        if let Some(entry) = self.entries.get_mut(&id) {
            entry.confirmed = true;
            if let Some(given) = given {
                entry.params.insert("id".to_owned(), given);
            }
        }
    }

    /// The target refused it, or it is gone.
    pub fn forget(&mut self, id: EntryId) {
        self.entries.remove(&id);
    }

    /// Takes out the entries of a session that ended, in the order in which they were made.
    pub fn take(&mut self, ids: &[EntryId]) -> Vec<Entry> {
        ids.iter()
            .filter_map(|id| self.entries.remove(id))
            .collect()
    }

    /// Takes out everything.
    pub fn take_all(&mut self) -> Vec<Entry> {
        std::mem::take(&mut self.entries).into_values().collect()
    }

    /// Number of entries held.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether nothing is held.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}
