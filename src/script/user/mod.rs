//! TODO: what comes in, what goes out, what it must never know.

pub mod context;
pub mod identity;
