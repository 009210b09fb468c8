//! What tests of the host stand on: a folder of scripts, a shard with users on it, a target that remembers.

pub use crate::support::local_target::{Seen, Target, json, status, text};
pub use crate::support::scripts::{Folder, script_config};
pub use crate::support::shard::{Act, Stage, act, fault_of, ledger, nowhere, requests};
