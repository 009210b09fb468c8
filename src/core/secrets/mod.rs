//! Masking of secrets in texts.
//!
//! In: the secrets of a run (passwords, tokens, keys), and texts to be written. Out: the same texts
//! with `***` in place of secrets, raw or in one of the encodings of HTTP and JSON.
//! It must never know: where secrets come from, where texts go.
//!
//! There are two kinds. Those of the run exist before its first user and are known everywhere ([`Masker::new`]). Those
//! that users get during the run (tokens of the target, passwords of accounts) are known to the thread of the user
//! ([`remember`]), since texts with them are written there: no lock is needed, and requests that are not logged cost nothing.

mod masker;
mod names;
mod needles;
mod recent;
mod shared;
mod view;

pub use masker::{MASK, Masker};
pub use names::{is_secret_field, is_secret_key};
pub use recent::{MOST_REMEMBERED, remember, remember_for_good};
pub use shared::SharedMasker;

/// Shorter values, in bytes, are not masked everywhere: `1`, `true` or `admin` would hide unrelated text.
pub const SHORTEST_SECRET: usize = 6;

/// Longer values, in bytes, are considered data.
pub const LONGEST_SECRET: usize = 16 << 10;
