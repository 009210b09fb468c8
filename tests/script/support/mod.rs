//! What tests of the host stand on: a folder of scripts, a stage with users on it, a target that remembers.

mod folder;
mod stage;
mod target;

pub use folder::{Folder, terms};
pub use stage::{Act, Stage, act, fault_of, ledger, nowhere};
pub use target::{Seen, Target, json, status, text};
