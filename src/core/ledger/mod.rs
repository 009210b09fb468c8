//! Records what runs create on their targets before it is created: one SQLite file per run, until nothing is left in it.
//!
//! In: entries as plain data, from requests that create something, and their results. Out: what is
//! still there, in the order in which it can be deleted, page by page. It must never know Lua, HTTP clients or metrics.
//!
//! In reading order: [`Entry`] is one item and [`Run`] the run that creates it; [`Store`] is the file, which a thread of its own
//! writes in groups ([`Ledger`]); each shard records its entries with a [`LedgerHandle`]. [`Directory`] has the files, and
//! a [`Lock`] shows that a process uses one.

// So that the paths are those of the crates above.
use crate as ledger;

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
