//! What a worker has sent and reported, in files that survive its process: the exact count of a run whose worker was killed.
//!
//! In: records as bytes, in the order in which they are published; requests that leave, one by one. Out: after a `kill -9`, the
//! records that nobody acknowledged, and how many requests had left. It must never know NATS, what a record says, or what a
//! request is.
//!
//! In reading order: [`Counts`] is a small file that is mapped into memory, so that a count costs an addition and the kernel
//! keeps it when the process ends; [`Spool`] is the file of records beside it; [`left`] finds those whose process is gone.
//! Nothing is flushed to the disk: the files survive the process, not the machine.

mod counts;
mod left;
mod mapping;
mod records;

pub use counts::Counts;
pub use left::{Left, left};
pub use records::{Owner, Record, Spool};
