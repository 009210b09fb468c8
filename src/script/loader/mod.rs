//! From save to offer: reads the script folders again whenever they change, looks at what it read, and offers it.
//!
//! In: the folders, hints of the system that something changed, and questions ([`Ask`]). Out: each state of the folders
//! that was not seen before, either fine or with all its faults ([`Offer`]). [`reader`] decides when to look, [`watch`]
//! gives it hints, [`tree`] is one reading, [`judge`] what is said of it; [`graph`] knows who needs whom, [`settings`] is
//! `throng.toml`.
//!
//! Never knows who takes the offers, or what becomes of them.

pub(super) mod graph;
mod judge;
mod lexer;
mod reader;
pub(super) mod settings;
pub(super) mod tree;
mod watch;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::bundle::Bundle;
use super::offer::{Ask, Offer};
use super::world::Terms;
use crate::plan::Watch;
use reader::Reader;

pub use tree::Places;

/// How long the end of a run waits for a script that is being looked at.
const GRACE: Duration = Duration::from_millis(250);

/// When the reader looks at the folders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// Quiet time after the last hint, before it looks.
    pub settle: Duration,
    /// Longest wait for quiet: under a steady stream of saves it looks all the same.
    pub longest: Duration,
    /// Time between two looks without a hint: a net for what the system does not tell.
    pub poll: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            settle: Duration::from_millis(200),
            longest: Duration::from_secs(2),
            poll: Duration::from_secs(2),
        }
    }
}

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
enum Word {
    Hint,
    Ask(Ask),
    Stop,
}

/// A thread that reads the folders, until it is dropped.
#[derive(Debug)]
pub struct Loader {
    asker: Asker,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
    /// Says nothing; closed when the thread ends.
    end: Receiver<()>,
}

/// Asks the reader; any number of them, on any thread.
#[derive(Debug, Clone)]
pub struct Asker(Sender<Word>);

impl Asker {
    /// Asks; the answer is an offer. False when the reader has ended: then none comes.
    pub fn ask(&self, ask: Ask) -> bool {
        self.0.send(Word::Ask(ask)).is_ok()
    }
}

impl Loader {
    /// Begins to watch and to read. `offers` is called on the reader's thread.
    ///
    /// # Errors
    /// When there is no thread, or [`Watch::Native`] cannot be had.
    pub fn start(
        settings: LoaderSettings,
        offers: impl Fn(Offer) + Send + 'static,
    ) -> Result<Self, LoaderError> {
        let (words, said) = mpsc::channel();
        let (alive, end) = mpsc::channel();
        let stop = Arc::new(AtomicBool::new(false));
        let asker = Asker(words);
        let reader = Reader::open(settings, Box::new(offers), &asker, said, Arc::clone(&stop))?;
        let thread = thread::Builder::new()
            .name("scripts".to_owned())
            .spawn(move || {
                reader.run();
                drop(alive);
            })
            .map_err(LoaderError::Thread)?;
        Ok(Self {
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
        let _ = self.asker.0.send(Word::Stop);
        let ended = self.end.recv_timeout(GRACE) == Err(RecvTimeoutError::Disconnected);
        if let Some(thread) = self.thread.take().filter(|_| ended) {
            // A panic of the thread was said by it.
            let _ = thread.join();
        }
    }
}
