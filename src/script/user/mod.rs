//! TODO: what comes in, what goes out, what it must never know.

pub mod actor;
pub mod context;
pub mod contract;
pub mod migrate_state;
pub mod state;
