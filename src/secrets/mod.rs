//! What must not be told, and texts without it.
//!
//! Comes in: the secrets of a run (passwords, tokens, keys), and texts that are about to leave it. Goes out: the same texts
//! with `***` where a secret stood, raw or in one of the forms that HTTP and JSON give it.
//! Must never know: where secrets come from, where texts go.
//!
//! Two kinds are known. Those of the run are there before its first user and known everywhere ([`Masker::new`]). Those
//! that users get on the way (tokens of the target, passwords of accounts) are known to the thread on which they live
//! ([`remember`]), since what tells of them is written there: no lock is needed, and nothing is done for a request that nobody tells of.

mod masker;
mod names;
mod needles;
mod recent;
mod view;

pub use masker::{MASK, Masker};
pub use names::{is_secret_field, is_secret_key};
pub use recent::{MOST_REMEMBERED, remember};

/// A shorter value is not masked wherever it stands, in bytes: `1`, `true` or `admin` would blot out what has nothing to do with it.
pub const SHORTEST_SECRET: usize = 6;

/// A longer value, in bytes, is data and no secret.
pub const LONGEST_SECRET: usize = 16 << 10;
