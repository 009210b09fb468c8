//! Deletes what a run created.
//!
//! In: the ledger, and who sends the requests. Out: what could not be deleted, and how far it is. Must never know: scripts,
//! shards.

pub mod credentials;
pub mod delete;
pub mod dependencies;
pub mod find;
pub mod pacing;
pub mod past_run;
pub mod runner;
pub mod system_user;

/// Said of what was not reached in time.
const OVER: &str = "the time for clean-up was over";
