//! The channel to the worker: its commands, and the handle with which others ask it.

use std::sync::atomic::AtomicBool;
use std::sync::mpsc::{Receiver, Sender};
use std::sync::{Arc, Mutex, PoisonError};

use super::reload_event::LoaderRequest;

/// Commands to the reader's thread.
#[derive(Debug)]
pub(crate) enum Command {
    Hint,
    LoaderRequest(LoaderRequest),
    Stop,
}

/// Sends commands to the reader's thread.
pub(crate) struct CommandChannel {
    /// For hints.
    pub(crate) commands: Sender<Command>,
    pub(crate) received: Receiver<Command>,
    pub(crate) asker: LoaderHandle,
    /// Seen in the midst of work too.
    pub(crate) stop: Arc<AtomicBool>,
}

/// Asks the reader; any number of them, on any thread.
#[derive(Debug, Clone)]
pub struct LoaderHandle(pub(crate) Arc<Mutex<Option<Sender<Command>>>>);

impl LoaderHandle {
    /// Asks; the answer is an offer. False when the reader has ended: then none comes.
    pub fn ask(&self, ask: LoaderRequest) -> bool {
        let words = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let sent = words
            .as_ref()
            .map(|words| words.send(Command::LoaderRequest(ask)));
        sent.is_some_and(|sent| sent.is_ok())
    }

    /// From here on nobody asks; what was asked before is in the channel.
    pub(crate) fn close(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}
