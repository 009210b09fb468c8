use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};
use serde_json::Value;

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

/// Where an unconfirmed thing is looked up, and which part of the answer is it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lookup {
    /// With parameters in braces, filled from [`Entry::params`].
    pub path: String,
    /// RFC 6901: the list in the answer whose items are looked at; without one the answer itself is the item.
    pub list: Option<String>,
    /// Fields that the item must have, with these values, to be the thing.
    pub fields: BTreeMap<String, Value>,
    /// RFC 6901: the id in the item; where it leads nowhere the thing does not exist.
    pub id: String,
}

/// How somebody logs in to delete something: what that takes, and no more.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Login {
    /// Where the credentials go, with POST: after the base URL, or a whole URL.
    pub path: String,
    /// The body: secret.
    pub credentials: Value,
    /// RFC 6901: the access token in the answer.
    pub token: String,
    /// Whether the body is a form rather than JSON.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub form: bool,
    /// Id and secret of the client, as basic credentials: secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<(String, String)>,
    /// Further header fields.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<(String, String)>,
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

/// One thing that a request is meant to create.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// What it is: `user`, `role`.
    pub kind: String,
    /// Kinds that must outlive it: a profile needs its user, so profiles are deleted before users.
    pub needs: Vec<String>,
    /// Values for the path of its deletion: its `id`, and the parameters of the request that made it.
    pub params: BTreeMap<String, String>,
    /// How to delete it.
    pub delete: Deletion,
    /// How to find out whether it exists, when its creation was not confirmed.
    pub find: Option<Lookup>,
    /// Who may delete it; none: nobody needs to log in.
    pub login: Option<Arc<Login>>,
    /// Whether the target confirmed that it exists.
    pub confirmed: bool,
    /// Why it is not confirmed although the target answered, if so.
    pub doubt: Option<String>,
    /// When its request was about to leave; none before it is written down.
    pub at: Option<SystemTime>,
}

/// The target answered, and its answer gives no id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingId {
    /// What it gave instead.
    pub why: String,
    /// The method and the name of the request.
    pub endpoint: String,
    /// Whether such things cannot be looked up either.
    pub is_lost: bool,
}

/// Names an entry within its run: the handle that it was handed in at, and a count of that handle's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryId(pub(super) i64);

/// A moment in the run: sessions that were over by then. A pass of the clean-up deletes what these made and nothing that
/// later ones did, so that it never sees a part of a session: it would delete users whose assignments it has not seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cutoff(pub(super) i64);

impl EntryId {
    /// Later than every entry.
    pub const LAST: Self = Self(i64::MAX);

    /// The `count`-th entry of a handle.
    pub(super) fn of(handle: u16, count: i64) -> Self {
        Self((i64::from(handle) << 44) | count)
    }
}
