//! Reload events: messages between the reader of the script folders and the run, as plain data.

use std::sync::Arc;
use std::time::Instant;

use crate::plan::Change;
use crate::script::diagnostic::Diagnostic;
use crate::script::source::bundle::Bundle;
use crate::script::validate::TypeSpec;

/// Why folders cannot be read that are as they should be.
pub const STARVED: &str =
    "too many files are open, by this process or on this machine (raise `ulimit -n`)";

/// From the reader of the folders: what became of a state of the folders that it had not seen yet, or that it was asked
/// to look at.
#[derive(Debug)]
pub enum ReloadEvent {
    /// All of it is fine.
    Loaded(Box<LoadedScripts>),
    /// Something is wrong, so nothing of it is taken.
    Refused {
        /// All that is wrong.
        faults: Vec<Diagnostic>,
        /// When the first sign of it was seen.
        saved: Instant,
        /// The question that this answers, if one was asked.
        ticket: Option<u64>,
    },
    /// Asked by a command: the folders cannot be read now (the watcher is ending).
    Unread {
        /// The question that this answers.
        ticket: u64,
    },
    /// Asked by a command: there are no descriptors to read them with.
    NoDescriptors {
        /// The question that this answers.
        ticket: u64,
    },
    /// Something that the user of the program should know of the watching itself.
    Note(String),
}

/// Scripts of the folders that were read and passed the checks.
#[derive(Debug)]
pub struct LoadedScripts {
    /// The scripts.
    pub bundle: Arc<Bundle>,
    /// What the run needs to know of its types: those that take part.
    pub specs: Vec<TypeSpec>,
    /// What `throng.toml` says; empty without one.
    pub settings: Change,
    /// When the first sign of it was seen.
    pub saved: Instant,
    /// The question that this answers, if one was asked.
    pub ticket: Option<u64>,
}

/// To the reader of the folders.
#[derive(Debug)]
pub enum LoaderRequest {
    /// Look now, and offer what is there, even if it was offered before.
    Reload(u64),
}
