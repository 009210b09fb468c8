//! Releases of scripts: which one each user plays, the canary under way, the way back.
//!
//! In: scripts that were read, settings, snapshots. Out: rosters, judgements, sentences. It must never know the run, its
//! shards, or what time it is.

pub mod canary;
pub mod deployment;
pub mod releases;
pub mod rollout;
pub mod saved_file;
pub mod settings_file;
