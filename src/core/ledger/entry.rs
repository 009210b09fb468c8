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
    /// JSON to send with it, for bulk deletions.
    pub body: Option<Value>,
}

/// How to look up an unconfirmed item, and where it is in the response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lookup {
    /// With parameters in braces, filled from [`Entry::params`].
    pub path: String,
    /// RFC 6901: the list in the response; without one the response itself is the item.
    pub list: Option<String>,
    /// Fields with values that identify the item.
    pub fields: BTreeMap<String, Value>,
    /// RFC 6901: the id in the item; without an id it does not exist.
    pub id: String,
}

/// The login of the account that deletes: only what it needs.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Login {
    /// Where the credentials are sent, with POST: a path after the base URL, or a full URL.
    pub path: String,
    /// The body: secret.
    pub credentials: Value,
    /// RFC 6901: the access token in the response.
    pub token: String,
    /// Whether the body is a form rather than JSON.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub form: bool,
    /// Client id and secret, as basic credentials: secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<(String, String)>,
    /// Further headers.
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

/// One item that a request is meant to create.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// What it is: `user`, `role`.
    pub kind: String,
    /// Kinds that it depends on: a profile needs its user, so profiles are deleted before users.
    pub needs: Vec<String>,
    /// Values for the path of its deletion: its `id`, and the parameters of the request that created it.
    pub params: BTreeMap<String, String>,
    /// How to delete it.
    pub delete: Deletion,
    /// How to find out whether it exists, when its creation was not confirmed.
    pub find: Option<Lookup>,
    /// The account that may delete it; none: no login is needed.
    pub login: Option<Arc<Login>>,
    /// Whether the target confirmed that it exists.
    pub confirmed: bool,
    /// Why it is not confirmed in spite of a response, if so.
    pub doubt: Option<String>,
    /// When its request was about to be sent; none before it is recorded.
    pub at: Option<SystemTime>,
}

/// The target's response has no id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingId {
    /// What it has instead.
    pub why: String,
    /// The method and the name of the request.
    pub endpoint: String,
    /// Whether such items cannot be looked up either.
    pub is_lost: bool,
}

/// Identifies an entry within its run: its handle, and a count of that handle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryId(pub(super) i64);

/// A moment in the run: the sessions that had ended by then. A pass of the clean-up deletes what these created and nothing of
/// later ones, so that it never sees a part of a session: it would delete users before their role assignments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cutoff(pub(super) i64);

impl EntryId {
    /// Later than every entry.
    pub const LAST: Self = Self(i64::MAX);

    /// The `count`-th entry of a handle.
    pub fn of(handle: u16, count: i64) -> Self {
        Self((i64::from(handle) << 44) | count)
    }
}
