//! Rows of data files, for users to work with.
//! In: the bytes of a file. Out: its rows, whose turn each is on a shard, and who holds which.
//! Never knows Lua, users, or where files are kept.

mod cursor;
mod feed_cache;
mod leased;
mod leases;
mod rows;

pub(crate) use cursor::Cursor;
pub use cursor::Cursors;
pub use feed_cache::FeedCache;
pub use leased::{FeedId, HeldRows, RowAnswer, RowRequest};
pub use leases::{FileVersion, Lease, RunLeases};
pub use rows::{Feed, FeedError, Kind};
