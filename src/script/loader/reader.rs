//! The reader's thread: when it looks at the folders.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use super::judge::{Judge, Mark};
use super::tree::{Places, Tree};
use super::watch::{Ground, Watcher};
use super::{Asker, LoaderError, LoaderSettings, Patience, Word};
use crate::plan::Watch;
use crate::script::fault::Fault;
use crate::script::offer::{Ask, Offer};

/// Time between the two readings that must agree.
const BETWEEN: Duration = Duration::from_millis(20);

/// A change that was hinted at, until it was looked at.
struct Unrest {
    /// The first sign of it.
    since: Instant,
    /// When to look.
    due: Instant,
    /// When to look at the latest.
    latest: Instant,
    /// What was there when it was read last.
    last: Option<Mark>,
}

pub(super) struct Reader {
    places: Places,
    patience: Patience,
    judge: Judge,
    offers: Box<dyn Fn(Offer) + Send>,
    said: Receiver<Word>,
    stop: Arc<AtomicBool>,
    /// Set from a hint until it is heard, so that a storm of them is one word.
    hinted: Arc<AtomicBool>,
    watcher: Option<Watcher>,
    /// What kept the system's watching from being had.
    complaint: Option<String>,
    unrest: Option<Unrest>,
    /// When to look without a hint; never when nothing is watched.
    poll: Option<Instant>,
}

impl Reader {
    pub(super) fn open(
        settings: LoaderSettings,
        offers: Box<dyn Fn(Offer) + Send>,
        asker: &Asker,
        said: Receiver<Word>,
        stop: Arc<AtomicBool>,
    ) -> Result<Self, LoaderError> {
        let watch = settings.watch;
        let mut reader = Self {
            places: settings.places.clone(),
            patience: settings.patience,
            judge: Judge::new(settings),
            offers,
            said,
            stop,
            hinted: Arc::default(),
            watcher: None,
            complaint: None,
            unrest: None,
            poll: None,
        };
        reader.begin(watch, asker)?;
        Ok(reader)
    }

    /// Arms the watch, and has a first look soon: something may have changed since the run's bundle was read.
    fn begin(&mut self, watch: Watch, asker: &Asker) -> Result<(), LoaderError> {
        let ground = self.judge.ground(Tree::read(&self.places).ground);
        if watch == Watch::Off || ground.is_empty() {
            return Ok(());
        }
        if watch != Watch::Poll {
            match self.watcher(asker, &ground) {
                Ok(watcher) => self.watcher = Some(watcher),
                Err(why) if watch == Watch::Native => {
                    return Err(LoaderError::Watch(why, self.patience.poll.as_secs()));
                }
                Err(why) => self.complaint = Some(why),
            }
        }
        self.poll = Some(Instant::now() + self.patience.poll);
        self.stir();
        Ok(())
    }

    fn watcher(&self, asker: &Asker, ground: &Ground) -> Result<Watcher, String> {
        let (hinted, words) = (Arc::clone(&self.hinted), asker.0.clone());
        let mut watcher = Watcher::open(move || {
            if !hinted.swap(true, Ordering::AcqRel) {
                // A reader that has ended needs no hints.
                let _ = words.send(Word::Hint);
            }
        })?;
        watcher.arm(ground)?;
        Ok(watcher)
    }

    /// Looks and offers until it is told to stop.
    pub(super) fn run(mut self) {
        if let Some(why) = &self.complaint {
            self.complain(why);
        }
        let mut asked = None;
        while !self.stopping() {
            let turn = catch_unwind(AssertUnwindSafe(|| self.turn(&mut asked)));
            let Err(panic) = turn else { continue };
            self.unrest = None;
            let told = catch_unwind(AssertUnwindSafe(|| self.fell(&*panic, asked.take())));
            if told.is_err() {
                tracing::error!(
                    "{} is not read any more: nobody takes the offers",
                    self.places
                );
                break;
            }
        }
        let left = self.said.try_iter().filter_map(|word| match word {
            Word::Ask(Ask::Reload(ticket)) => Some(ticket),
            Word::Hint | Word::Stop => None,
        });
        for by_hand in asked.into_iter().chain(left) {
            (self.offers)(Offer::Unread { by_hand });
        }
    }

    /// Does what is due, or waits for a word. `asked` is a question that has no answer yet.
    fn turn(&mut self, asked: &mut Option<u64>) {
        let now = Instant::now();
        let unrest = self.unrest.as_ref().map(|unrest| unrest.due);
        if unrest.is_some_and(|due| due <= now) {
            return self.look();
        }
        if self.poll.is_some_and(|due| due <= now) {
            return self.poll();
        }
        let word = match unrest.into_iter().chain(self.poll).min() {
            Some(due) => self.said.recv_timeout(due - now),
            None => self.said.recv().map_err(RecvTimeoutError::from),
        };
        match word {
            Ok(Word::Hint) => {
                self.hinted.store(false, Ordering::Release);
                self.stir();
            }
            Ok(Word::Ask(Ask::Reload(ticket))) => {
                *asked = Some(ticket);
                self.answer(ticket);
                *asked = None;
            }
            // To stop is a flag too. A channel that is closed means that nobody is left.
            Err(RecvTimeoutError::Disconnected) => self.stop.store(true, Ordering::Relaxed),
            Ok(Word::Stop) | Err(RecvTimeoutError::Timeout) => {}
        }
    }

    fn stopping(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Something may have changed: look when it is quiet.
    fn stir(&mut self) {
        let now = Instant::now();
        let latest = now + self.patience.longest;
        let unrest = self.unrest.get_or_insert(Unrest {
            since: now,
            due: now,
            latest,
            last: None,
        });
        unrest.due = unrest.latest.min(now + self.patience.settle);
    }

    /// Without a hint: whether anything changed.
    fn poll(&mut self) {
        self.poll = Some(Instant::now() + self.patience.poll);
        if self.unrest.is_some() {
            return;
        }
        let tree = Tree::read(&self.places);
        let mark = self.judge.mark(&tree);
        self.arm(tree.ground);
        if !self.judge.has_seen(&mark) {
            self.stir();
            if let Some(unrest) = &mut self.unrest {
                unrest.last = Some(mark);
            }
        }
    }

    /// It is quiet: reads twice, and takes what is there if both agree.
    fn look(&mut self) {
        let Some(mut unrest) = self.unrest.take() else {
            return;
        };
        let first = unrest.last.take();
        let first = first.unwrap_or_else(|| self.first(unrest.latest));
        let tree = Tree::read(&self.places);
        let mark = self.judge.mark(&tree);
        if mark == first {
            return self.take(tree, mark, unrest.since, None);
        }
        unrest.last = Some(mark);
        unrest.due = Instant::now() + self.patience.settle;
        unrest.latest = unrest.latest.max(unrest.due);
        self.unrest = Some(unrest);
    }

    /// Somebody asks: looks now, and answers whatever is there.
    fn answer(&mut self, ticket: u64) {
        let now = Instant::now();
        let since = self.unrest.as_ref().map_or(now, |unrest| unrest.since);
        let latest = now + self.patience.longest;
        while Instant::now() < latest && !self.stopping() {
            let first = self.first(latest);
            let tree = Tree::read(&self.places);
            let mark = self.judge.mark(&tree);
            if mark == first {
                self.unrest = None;
                return self.take(tree, mark, since, Some(ticket));
            }
        }
        let words = "does not come to rest, so there is nothing whole to read; ask again when nobody writes to it";
        self.refuse(words.to_owned(), since, ticket);
    }

    /// The first of two readings. When there is no time left for quiet, the second follows at once.
    fn first(&self, latest: Instant) -> Mark {
        let mark = self.judge.mark(&Tree::read(&self.places));
        if Instant::now() < latest {
            thread::sleep(BETWEEN);
        }
        mark
    }

    fn take(&mut self, mut tree: Tree, mark: Mark, saved: Instant, by_hand: Option<u64>) {
        let ground = std::mem::take(&mut tree.ground);
        for offer in self.judge.judge(tree, mark, saved, by_hand) {
            self.say(offer);
        }
        self.arm(ground);
    }

    /// Says it, unless the run ends: then who asked learns that, and nobody else cares.
    fn say(&self, offer: Offer) {
        if !self.stopping() {
            return (self.offers)(offer);
        }
        let by_hand = match offer {
            Offer::Fresh(fresh) => fresh.by_hand,
            Offer::Refused { by_hand, .. } => by_hand,
            Offer::Unread { by_hand } => Some(by_hand),
            Offer::Note(_) => None,
        };
        if let Some(by_hand) = by_hand {
            (self.offers)(Offer::Unread { by_hand });
        }
    }

    fn refuse(&self, words: String, saved: Instant, ticket: u64) {
        self.say(Offer::Refused {
            faults: vec![Fault::at(self.places.to_string(), words)],
            saved,
            by_hand: Some(ticket),
        });
    }

    /// A panic while it looked: the run goes on with what it has.
    fn fell(&self, panic: &(dyn Any + Send), asked: Option<u64>) {
        let why = panic.downcast_ref::<String>().map(String::as_str);
        let why = why.or(panic.downcast_ref::<&str>().copied());
        let words = format!(
            "could not be read: {}; the crowd goes on as it is, and the next change is tried again; please report this",
            why.unwrap_or("a panic without words")
        );
        match asked {
            Some(ticket) => self.refuse(words, Instant::now(), ticket),
            None => self.say(Offer::Note(format!("{} {words}", self.places))),
        }
    }

    fn arm(&mut self, ground: Ground) {
        let ground = self.judge.ground(ground);
        match self.watcher.as_mut().map(|watcher| watcher.arm(&ground)) {
            // What happened there between the reading and the watch is not known.
            Some(Ok(true)) => self.stir(),
            Some(Err(why)) if self.complaint.is_none() => {
                self.complain(&why);
                self.complaint = Some(why);
            }
            Some(Ok(false) | Err(_)) | None => {}
        }
    }

    fn complain(&self, why: &str) {
        self.say(Offer::Note(format!(
            "{} cannot be watched: {why}; it is looked at every {} s instead",
            self.places,
            self.patience.poll.as_secs()
        )));
    }
}
