//! (to be written)

pub mod actor;
pub mod migrate_state;
pub mod setup;
pub mod state;
