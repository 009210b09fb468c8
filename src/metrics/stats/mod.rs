//! TODO: what comes in, what goes out, what it must never know.

pub mod histogram;
pub mod newcombe;
pub mod sparse_histogram;
pub mod buckets;
