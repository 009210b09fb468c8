//! What runs create on their targets, written down before it is created: one SQLite file a run, until nothing is left in it.
//!
//! In: entries as plain data, from the requests that mean to create something, and what became of them. Out: what is
//! still there, in the order in which it can be deleted, page by page. It must never know Lua, HTTP clients or metrics.
//!
//! In reading order: [`Entry`] is one thing and [`Run`] the run that makes it; [`Store`] is the file, which a thread of its own
//! writes in groups ([`Ledger`]); a [`LedgerHandle`] is where one shard hands its entries in. [`Directory`] is where the files lie, and
//! a [`Lock`] says that somebody is at work on one.

mod counts;
mod directory;
mod entry;
mod error;
mod fallback;
mod handle;
mod lock;
mod run;
mod store;
mod writer;

pub use counts::{Count, Counts, RemainingEntry};
pub use directory::Directory;
pub use entry::{Cutoff, Deletion, Entry, EntryId, Login, Lookup, MissingId};
pub use error::LedgerError;
pub use handle::{Committed, Ledger, LedgerHandle, Left, OpenOptions};
pub use lock::Lock;
pub use run::{Run, Secret, Target};
pub use store::{Durability, Store, Write};
pub use writer::{MOST_UNWRITTEN, Policy, Trouble, WINDOW};
