//! The reader's thread: when it looks at the folders.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::change_detector::{Judge, Mark, Starved};
use super::debounce::{Patience, Unrest};
use super::loader::{Ears, LoaderError, LoaderSettings, Word};
use super::publisher::Voice;
use super::reload_event::{Ask, ReloadEvent, STARVED};
use super::watcher::{Ground, Watcher};
use crate::plan::Watch;
use crate::script::source::source_tree::{Places, Tree};

/// Time between the two readings that must agree.
const BETWEEN: Duration = Duration::from_millis(20);

pub(crate) struct Reader {
    places: Places,
    patience: Patience,
    judge: Judge,
    voice: Voice,
    ears: Ears,
    /// Set from a hint until it is heard, so that a storm of them is one word.
    hinted: Arc<AtomicBool>,
    watcher: Option<Watcher>,
    /// What kept the system's watching from being had.
    complaint: Option<String>,
    unrest: Option<Unrest>,
    /// Whether it was said that there are no descriptors to read with.
    starved: bool,
    /// When to look without a hint; never when nothing is watched.
    poll: Option<Instant>,
}

impl Reader {
    pub(crate) fn open(
        settings: LoaderSettings,
        offers: Box<dyn Fn(ReloadEvent) + Send>,
        ears: Ears,
    ) -> Result<Self, LoaderError> {
        let watch = settings.watch;
        let voice = Voice {
            place: settings.places.to_string(),
            offers,
            stop: Arc::clone(&ears.stop),
        };
        let mut reader = Self {
            places: settings.places.clone(),
            patience: settings.patience,
            judge: Judge::new(settings),
            voice,
            ears,
            hinted: Arc::default(),
            watcher: None,
            complaint: None,
            unrest: None,
            starved: false,
            poll: None,
        };
        reader.begin(watch)?;
        Ok(reader)
    }

    /// Arms the watch, and has a first look soon: something may have changed since the run's bundle was read.
    fn begin(&mut self, watch: Watch) -> Result<(), LoaderError> {
        let ground = self.judge.ground(Tree::read(&self.places).ground);
        if watch == Watch::Off || ground.is_empty() {
            return Ok(());
        }
        if watch != Watch::Poll {
            match self.watcher(&ground) {
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

    fn watcher(&self, ground: &Ground) -> Result<Watcher, String> {
        let (hinted, words) = (Arc::clone(&self.hinted), self.ears.words.clone());
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
    pub(crate) fn run(mut self) {
        if let Some(why) = &self.complaint {
            self.voice.complain(why, self.patience.poll);
        }
        let mut asked = None;
        while !self.stopping() {
            let turn = catch_unwind(AssertUnwindSafe(|| self.turn(&mut asked)));
            let Err(panic) = turn else { continue };
            self.unrest = None;
            let told = catch_unwind(AssertUnwindSafe(|| self.voice.fell(&*panic, asked.take())));
            if told.is_err() {
                tracing::error!(
                    "{} is not read any more: nobody takes the offers",
                    self.voice.place
                );
                break;
            }
        }
        self.ears.asker.close();
        let left = self.ears.said.try_iter().filter_map(|word| match word {
            Word::Ask(Ask::Reload(ticket)) => Some(ticket),
            Word::Hint | Word::Stop => None,
        });
        for by_hand in asked.into_iter().chain(left) {
            self.voice.say(ReloadEvent::Unread { by_hand });
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
        let due = unrest.into_iter().chain(self.poll).min();
        let wait = due.map_or(Duration::MAX, |due| due - now);
        match self.ears.said.recv_timeout(wait) {
            Ok(Word::Hint) => {
                self.hinted.store(false, Ordering::Release);
                self.stir();
            }
            Ok(Word::Ask(Ask::Reload(ticket))) => {
                *asked = Some(ticket);
                self.answer(ticket);
                *asked = None;
            }
            // To stop is a flag too; the channel is never closed, since a sender of it is here.
            Ok(Word::Stop) | Err(_) => {}
        }
    }

    fn stopping(&self) -> bool {
        self.ears.stop.load(Ordering::Relaxed)
    }

    /// Something may have changed: look when it is quiet.
    fn stir(&mut self) {
        let now = Instant::now();
        match &mut self.unrest {
            Some(unrest) => unrest.hint(now, &self.patience),
            None => self.unrest = Some(Unrest::begin(now, &self.patience)),
        }
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
            let unrest = Unrest::begin(Instant::now(), &self.patience);
            let last = Some(mark);
            self.unrest = Some(Unrest { last, ..unrest });
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
            let since = unrest.since;
            if self.take(tree, mark, since, None).is_err() {
                self.starve();
                // Once there are descriptors again, it is what it was at its save.
                let again = Unrest::begin(Instant::now() + self.patience.poll, &self.patience);
                self.unrest = Some(Unrest { since, ..again });
            }
            return;
        }
        unrest.again(mark, Instant::now(), &self.patience);
        self.unrest = Some(unrest);
    }

    /// Somebody asks: looks now, and answers whatever is there.
    fn answer(&mut self, ticket: u64) {
        let now = Instant::now();
        let since = self.unrest.as_ref().map_or(now, |unrest| unrest.since);
        let latest = now + self.patience.longest;
        let mut starved = false;
        while Instant::now() < latest && !self.stopping() {
            let first = self.first(latest);
            let tree = Tree::read(&self.places);
            let mark = self.judge.mark(&tree);
            if mark == first {
                match self.take(tree, mark, since, Some(ticket)) {
                    Ok(()) => {
                        self.unrest = None;
                        return;
                    }
                    Err(Starved) => starved = true,
                }
                thread::sleep(BETWEEN);
            }
        }
        if starved {
            self.stir();
            return self.voice.say(ReloadEvent::Starved { by_hand: ticket });
        }
        let words = "does not come to rest, so there is nothing whole to read; ask again when nobody writes to it";
        self.voice.refuse(words, since, ticket);
    }

    /// The first of two readings. When there is no time left for quiet, the second follows at once.
    fn first(&self, latest: Instant) -> Mark {
        let mark = self.judge.mark(&Tree::read(&self.places));
        if Instant::now() < latest {
            thread::sleep(BETWEEN);
        }
        mark
    }

    fn take(
        &mut self,
        mut tree: Tree,
        mark: Mark,
        saved: Instant,
        by_hand: Option<u64>,
    ) -> Result<(), Starved> {
        let ground = std::mem::take(&mut tree.ground);
        for offer in self.judge.judge(tree, mark, saved, by_hand)? {
            self.voice.say(offer);
        }
        self.starved = false;
        self.arm(ground);
        Ok(())
    }

    /// Says once that the folders cannot be read for want of descriptors.
    fn starve(&mut self) {
        if !std::mem::replace(&mut self.starved, true) {
            self.voice.say(ReloadEvent::Note(format!(
                "{} cannot be read: {STARVED}; it is tried again every {} s, and the crowd goes on as it is",
                self.voice.place,
                self.patience.poll.as_secs()
            )));
        }
    }

    fn arm(&mut self, ground: Ground) {
        let ground = self.judge.ground(ground);
        match self.watcher.as_mut().map(|watcher| watcher.arm(&ground)) {
            // What happened there between the reading and the watch is not known.
            Some(Ok(true)) => self.stir(),
            Some(Err(why)) if self.complaint.is_none() => {
                self.voice.complain(&why, self.patience.poll);
                self.complaint = Some(why);
            }
            Some(Ok(false) | Err(_)) | None => {}
        }
    }
}
