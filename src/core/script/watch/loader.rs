//! From a save to a reload event: reads the script folders again whenever they change, checks and publishes them.
//!
//! In: the folders, hints of the system that something changed, and questions ([`LoaderRequest`]). Out: each state of the folders
//! that was not seen before, either fine or with all its faults ([`ReloadEvent`]).

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::command_channel::{Command, CommandChannel};
use super::reload_event::{LoaderRequest, ReloadEvent};
use super::worker::Worker;

pub use super::command_channel::LoaderHandle;
pub use super::settings::{LoaderError, LoaderSettings, LoaderTimings};
pub use crate::script::source::source_tree::Places;

/// How long the end of a run waits for a script that is being looked at.
const GRACE: Duration = Duration::from_millis(250);

/// A thread that reads the folders, until it is dropped.
#[derive(Debug)]
pub struct Loader {
    words: Sender<Command>,
    asker: LoaderHandle,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
    /// Says nothing; closed when the thread ends.
    end: Receiver<()>,
}

impl Loader {
    /// Begins to watch and to read. `events` is called on the reader's thread.
    ///
    /// # Errors
    /// When there is no thread, or [`Watch::Native`] cannot be had.
    pub fn start(
        settings: LoaderSettings,
        events: impl Fn(ReloadEvent) + Send + 'static,
    ) -> Result<Self, LoaderError> {
        let (words, said) = mpsc::channel();
        let (alive, end) = mpsc::channel();
        let stop = Arc::new(AtomicBool::new(false));
        let asker = LoaderHandle(Arc::new(Mutex::new(Some(words.clone()))));
        let channel = CommandChannel {
            commands: words.clone(),
            received: said,
            asker: asker.clone(),
            stop: Arc::clone(&stop),
        };
        let worker = Worker::open(settings, Box::new(events), channel)?;
        let thread = thread::Builder::new()
            .name("scripts".to_owned())
            .spawn(move || {
                worker.run();
                drop(alive);
            })
            .map_err(LoaderError::Thread)?;
        Ok(Self {
            words,
            asker,
            stop,
            thread: Some(thread),
            end,
        })
    }

    /// Asks; see [`LoaderHandle::ask`].
    pub fn ask(&self, ask: LoaderRequest) -> bool {
        self.asker.ask(ask)
    }

    /// To ask from elsewhere.
    pub fn asker(&self) -> LoaderHandle {
        self.asker.clone()
    }
}

impl Drop for Loader {
    /// Waits for the thread, but not for a script that takes its time: it ends within its budget, and then the thread.
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        let _ = self.words.send(Command::Stop);
        let ended = self.end.recv_timeout(GRACE) == Err(RecvTimeoutError::Disconnected);
        if let Some(thread) = self.thread.take().filter(|_| ended) {
            // A panic of the thread was said by it.
            let _ = thread.join();
        }
    }
}
