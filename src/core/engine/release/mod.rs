//! Releases of scripts: which one each user plays, the canary under way, the way back.
//!
//! In: scripts that were read, settings, snapshots. Out: rosters, judgements, sentences. It must never know the run, its
//! shards, or what time it is.

mod canary;
mod deployment;
mod releases;
mod rollout_progress;
mod saved_file;
pub mod settings_file;

pub use canary::CanaryVerdict;
pub use deployment::{Deployment, Transition};
pub use releases::{CandidateOutcome, Releases};
pub use saved_file::SavedFile;
