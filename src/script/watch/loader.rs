//! From save to offer: reads the script folders again whenever they change, looks at what it read, and offers it.
//!
//! In: the folders, hints of the system that something changed, and questions ([`Ask`]). Out: each state of the folders
//! that was not seen before, either fine or with all its faults ([`ReloadEvent`]). [`reader`] is the thread: [`watch`] gives it
//! hints, [`unrest`] decides when to look, [`tree`] is one reading, [`judge`] what is said of it, [`voice`] says it;
//! [`graph`] knows who needs whom, [`settings`] is `throng.toml`.
//!
//! Never knows who takes the offers, or what becomes of them.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::reload_event::{Ask, ReloadEvent};
use super::worker::Reader;
use crate::plan::Watch;
use crate::script::shard_context::Terms;
use crate::script::source::bundle::Bundle;

pub use super::debounce::Patience;
pub use crate::script::source::source_tree::Places;

/// How long the end of a run waits for a script that is being looked at.
const GRACE: Duration = Duration::from_millis(250);

/// What is read, and how.
#[derive(Debug, Clone)]
pub struct LoaderSettings {
    /// Where the sources are.
    pub places: Places,
    /// How changes are noticed.
    pub watch: Watch,
    /// When it looks.
    pub patience: Patience,
    /// The run's settings, as its scripts see them.
    pub terms: Terms,
    /// The types that take part; none: all that there are.
    pub types: Option<Vec<String>>,
    /// The bundle with which the run began, checked.
    pub first: Arc<Bundle>,
}

/// Why the folders cannot be watched.
#[derive(Debug, thiserror::Error)]
pub enum LoaderError {
    /// [`Watch::Native`] was asked for.
    #[error(
        "--watch native: {0}; or give --watch auto, which looks at the folders every {1} s then"
    )]
    Watch(String, u64),
    /// No thread to be had.
    #[error("no thread to read the scripts on: {0}")]
    Thread(std::io::Error),
}

/// What the reader's thread is told.
#[derive(Debug)]
pub(crate) enum Word {
    Hint,
    Ask(Ask),
    Stop,
}

/// How the reader's thread is told.
pub(crate) struct Ears {
    /// For hints.
    pub(crate) words: Sender<Word>,
    pub(crate) said: Receiver<Word>,
    pub(crate) asker: Asker,
    /// Seen in the midst of work too.
    pub(crate) stop: Arc<AtomicBool>,
}

/// A thread that reads the folders, until it is dropped.
#[derive(Debug)]
pub struct Loader {
    words: Sender<Word>,
    asker: Asker,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
    /// Says nothing; closed when the thread ends.
    end: Receiver<()>,
}

/// Asks the reader; any number of them, on any thread.
#[derive(Debug, Clone)]
pub struct Asker(Arc<Mutex<Option<Sender<Word>>>>);

impl Asker {
    /// Asks; the answer is an offer. False when the reader has ended: then none comes.
    pub fn ask(&self, ask: Ask) -> bool {
        let words = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let sent = words.as_ref().map(|words| words.send(Word::Ask(ask)));
        sent.is_some_and(|sent| sent.is_ok())
    }

    /// From here on nobody asks; what was asked before is in the channel.
    pub(crate) fn close(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

impl Loader {
    /// Begins to watch and to read. `offers` is called on the reader's thread.
    ///
    /// # Errors
    /// When there is no thread, or [`Watch::Native`] cannot be had.
    pub fn start(
        settings: LoaderSettings,
        offers: impl Fn(ReloadEvent) + Send + 'static,
    ) -> Result<Self, LoaderError> {
        let (words, said) = mpsc::channel();
        let (alive, end) = mpsc::channel();
        let stop = Arc::new(AtomicBool::new(false));
        let asker = Asker(Arc::new(Mutex::new(Some(words.clone()))));
        let ears = Ears {
            words: words.clone(),
            said,
            asker: asker.clone(),
            stop: Arc::clone(&stop),
        };
        let reader = Reader::open(settings, Box::new(offers), ears)?;
        let thread = thread::Builder::new()
            .name("scripts".to_owned())
            .spawn(move || {
                reader.run();
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

    /// Asks; see [`Asker::ask`].
    pub fn ask(&self, ask: Ask) -> bool {
        self.asker.ask(ask)
    }

    /// To ask from elsewhere.
    pub fn asker(&self) -> Asker {
        self.asker.clone()
    }
}

impl Drop for Loader {
    /// Waits for the thread, but not for a script that takes its time: it ends within its budget, and then the thread.
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        let _ = self.words.send(Word::Stop);
        let ended = self.end.recv_timeout(GRACE) == Err(RecvTimeoutError::Disconnected);
        if let Some(thread) = self.thread.take().filter(|_| ended) {
            // A panic of the thread was said by it.
            let _ = thread.join();
        }
    }
}
