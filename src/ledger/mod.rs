//! What runs create on their targets, written down before it is created: one SQLite file a run, until nothing is left in it.
//!
//! In: entries as plain data, from the requests that mean to create something, and what became of them. Out: what is
//! still there, in the order in which it can be deleted, page by page. It must never know Lua, HTTP clients or metrics.
//!
//! In reading order: [`Entry`] is one thing and [`Run`] the run that makes it; [`Store`] is the file, which a thread of its own
//! writes in groups ([`Ledger`]); a [`Desk`] is where one shard hands its entries in. [`Folder`] is where the files lie, and
//! a [`Claim`] says that somebody is at work on one.

mod claim;
mod desk;
mod entry;
mod fault;
mod folder;
mod run;
mod shelf;
mod store;
mod tally;
mod writer;

pub use claim::Claim;
pub use desk::{Committed, Desk, Ledger, Left, Opening};
pub use entry::{Cutoff, Deletion, Doubt, Entry, EntryId, Login, Lookup};
pub use fault::Fault;
pub use folder::Folder;
pub use run::{Run, Secret, Target};
pub use store::{Durability, Store, Write};
pub use tally::{Count, Kept, Tally};
pub use writer::{MOST_UNWRITTEN, Policy, Trouble, WINDOW};
