//! The reader's thread: when it looks at the folders.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::change_detector::{ChangeDetector, NoDescriptors, SourceState};
use super::command_channel::{Command, CommandChannel};
use super::debounce::Debounce;
use super::publisher::Publisher;
use super::reload_event::{LoaderRequest, ReloadEvent, STARVED};
use super::settings::{LoaderError, LoaderSettings, LoaderTimings};
use super::watcher::Watcher;
use crate::plan::Watch;
use crate::script::source::source_tree::{Places, Tree};
use crate::script::source::watch_roots::WatchRoots;

/// Time between the two readings that must agree.
const BETWEEN: Duration = Duration::from_millis(20);

pub(crate) struct Worker {
    places: Places,
    patience: LoaderTimings,
    detector: ChangeDetector,
    publisher: Publisher,
    channel: CommandChannel,
    /// Set from a hint until it is heard, so that a storm of them is one word.
    hinted: Arc<AtomicBool>,
    watcher: Option<Watcher>,
    /// What kept the system's watching from being had.
    complaint: Option<String>,
    debounce: Option<Debounce>,
    /// Whether it was said that there are no descriptors to read with.
    starved: bool,
    /// When to look without a hint; never when nothing is watched.
    poll: Option<Instant>,
}

impl Worker {
    pub(crate) fn open(
        settings: LoaderSettings,
        events: Box<dyn Fn(ReloadEvent) + Send>,
        channel: CommandChannel,
    ) -> Result<Self, LoaderError> {
        let watch = settings.watch;
        let publisher = Publisher {
            place: settings.places.to_string(),
            events,
            stop: Arc::clone(&channel.stop),
        };
        let mut worker = Self {
            places: settings.places.clone(),
            patience: settings.patience,
            detector: ChangeDetector::new(settings),
            publisher,
            channel,
            hinted: Arc::default(),
            watcher: None,
            complaint: None,
            debounce: None,
            starved: false,
            poll: None,
        };
        worker.begin(watch)?;
        Ok(worker)
    }

    /// Arms the watch, and has a first look soon: something may have changed since the run's bundle was read.
    fn begin(&mut self, watch: Watch) -> Result<(), LoaderError> {
        let ground = self.detector.ground(Tree::read(&self.places).ground);
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
        self.hint();
        Ok(())
    }

    fn watcher(&self, ground: &WatchRoots) -> Result<Watcher, String> {
        let (hinted, words) = (Arc::clone(&self.hinted), self.channel.commands.clone());
        let mut watcher = Watcher::open(move || {
            if !hinted.swap(true, Ordering::AcqRel) {
                // A reader that has ended needs no hints.
                let _ = words.send(Command::Hint);
            }
        })?;
        watcher.arm(ground)?;
        Ok(watcher)
    }

    /// Looks and events until the command to stop comes.
    pub(crate) fn run(mut self) {
        if let Some(why) = &self.complaint {
            self.publisher.complain(why, self.patience.poll);
        }
        let mut asked = None;
        while !self.stopping() {
            let turn = catch_unwind(AssertUnwindSafe(|| self.turn(&mut asked)));
            let Err(panic) = turn else { continue };
            self.debounce = None;
            let told = catch_unwind(AssertUnwindSafe(|| {
                self.publisher.report_panic(&*panic, asked.take())
            }));
            if told.is_err() {
                tracing::error!(
                    "{} is not watched any more: the run does not take its events",
                    self.publisher.place
                );
                break;
            }
        }
        self.channel.asker.close();
        let left = self
            .channel
            .received
            .try_iter()
            .filter_map(|word| match word {
                Command::LoaderRequest(LoaderRequest::Reload(ticket)) => Some(ticket),
                Command::Hint | Command::Stop => None,
            });
        for ticket in asked.into_iter().chain(left) {
            self.publisher.publish(ReloadEvent::Unread { ticket });
        }
    }

    /// Does what is due, or waits for a word. `asked` is a question that has no answer yet.
    fn turn(&mut self, asked: &mut Option<u64>) {
        let now = Instant::now();
        let debounce = self.debounce.as_ref().map(|debounce| debounce.due);
        if debounce.is_some_and(|due| due <= now) {
            return self.look();
        }
        if self.poll.is_some_and(|due| due <= now) {
            return self.poll();
        }
        let due = debounce.into_iter().chain(self.poll).min();
        let wait = due.map_or(Duration::MAX, |due| due - now);
        match self.channel.received.recv_timeout(wait) {
            Ok(Command::Hint) => {
                self.hinted.store(false, Ordering::Release);
                self.hint();
            }
            Ok(Command::LoaderRequest(LoaderRequest::Reload(ticket))) => {
                *asked = Some(ticket);
                self.answer(ticket);
                *asked = None;
            }
            // To stop is a flag too; the channel is never closed, since a sender of it is here.
            Ok(Command::Stop) | Err(_) => {}
        }
    }

    fn stopping(&self) -> bool {
        self.channel.stop.load(Ordering::Relaxed)
    }

    /// Something may have changed: look when it is quiet.
    fn hint(&mut self) {
        let now = Instant::now();
        match &mut self.debounce {
            Some(debounce) => debounce.hint(now, &self.patience),
            None => self.debounce = Some(Debounce::begin(now, &self.patience)),
        }
    }

    /// Without a hint: whether anything changed.
    fn poll(&mut self) {
        self.poll = Some(Instant::now() + self.patience.poll);
        if self.debounce.is_some() {
            return;
        }
        let tree = Tree::read(&self.places);
        let mark = self.detector.mark(&tree);
        self.arm(tree.ground);
        if !self.detector.has_seen(&mark) {
            let debounce = Debounce::begin(Instant::now(), &self.patience);
            let last = Some(mark);
            self.debounce = Some(Debounce { last, ..debounce });
        }
    }

    /// It is quiet: reads twice, and takes what is there if both agree.
    fn look(&mut self) {
        let Some(mut debounce) = self.debounce.take() else {
            return;
        };
        // Where there was no quiet for too long, a reading from before the last pause would never agree with another.
        let last = debounce.last.take();
        let last = last.filter(|_| Instant::now() < debounce.latest);
        let first = last.unwrap_or_else(|| self.first(debounce.latest));
        let tree = Tree::read(&self.places);
        let mark = self.detector.mark(&tree);
        if mark == first {
            let since = debounce.since;
            if self.take(tree, mark, since, None).is_err() {
                self.starve();
                // Once there are descriptors again, it is what it was at its save.
                let again = Debounce::begin(Instant::now() + self.patience.poll, &self.patience);
                self.debounce = Some(Debounce { since, ..again });
            }
            return;
        }
        debounce.again(mark, Instant::now(), &self.patience);
        self.debounce = Some(debounce);
    }

    /// Somebody asks: looks now, and answers whatever is there.
    fn answer(&mut self, ticket: u64) {
        let now = Instant::now();
        let since = self
            .debounce
            .as_ref()
            .map_or(now, |debounce| debounce.since);
        let latest = now + self.patience.longest;
        let mut starved = false;
        while Instant::now() < latest && !self.stopping() {
            let first = self.first(latest);
            let tree = Tree::read(&self.places);
            let mark = self.detector.mark(&tree);
            if mark == first {
                match self.take(tree, mark, since, Some(ticket)) {
                    Ok(()) => {
                        self.debounce = None;
                        return;
                    }
                    Err(NoDescriptors) => starved = true,
                }
                thread::sleep(BETWEEN);
            }
        }
        if starved {
            self.hint();
            return self
                .publisher
                .publish(ReloadEvent::NoDescriptors { ticket });
        }
        let words = "does not come to rest, so there is nothing whole to read; ask again when \
                     nobody writes to it";
        self.publisher.refuse(words, since, ticket);
    }

    /// The first of two readings. When there is no time left for quiet, the second follows at once.
    fn first(&self, latest: Instant) -> SourceState {
        let mark = self.detector.mark(&Tree::read(&self.places));
        if Instant::now() < latest {
            thread::sleep(BETWEEN);
        }
        mark
    }

    fn take(
        &mut self,
        mut tree: Tree,
        mark: SourceState,
        saved: Instant,
        ticket: Option<u64>,
    ) -> Result<(), NoDescriptors> {
        let ground = std::mem::take(&mut tree.ground);
        for event in self.detector.examine(tree, mark, saved, ticket)? {
            self.publisher.publish(event);
        }
        self.starved = false;
        self.arm(ground);
        Ok(())
    }

    /// Says once that the folders cannot be read for want of descriptors.
    fn starve(&mut self) {
        if !std::mem::replace(&mut self.starved, true) {
            self.publisher.publish(ReloadEvent::Note(format!(
                "{} cannot be read: {STARVED}; it is tried again every {} s, and the run \
                 continues unchanged",
                self.publisher.place,
                self.patience.poll.as_secs()
            )));
        }
    }

    fn arm(&mut self, ground: WatchRoots) {
        let ground = self.detector.ground(ground);
        match self.watcher.as_mut().map(|watcher| watcher.arm(&ground)) {
            // What happened there between the reading and the watch is not known.
            Some(Ok(true)) => self.hint(),
            Some(Err(why)) if self.complaint.is_none() => {
                self.publisher.complain(&why, self.patience.poll);
                self.complaint = Some(why);
            }
            Some(Ok(false) | Err(_)) | None => {}
        }
    }
}
