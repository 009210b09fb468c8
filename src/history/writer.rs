//! The thread that keeps a run in the history while it goes on.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::error::HistoryError;
use super::model::{Ending, Record, RecordedRun, Start, State};
use super::process::ProcessMark;
use super::recorder::{Recorder, now_ms};
use super::store::{End, News, RunNumber, Store};
use super::timeline::{Damage, Timeline};
use crate::metrics::Snapshot;

/// How many of its seconds a run goes on between two writes: what a kill costs at most.
const PERIOD: u64 = 5;
/// How long at most it goes on without one, so that it is seen to be there while it is paused.
const LONGEST_SILENCE: Duration = Duration::from_secs(30);
/// How long the thread waits for a snapshot before it asks whether the run is over.
const POLL: Duration = Duration::from_secs(1);
/// How long a write waits for another process while the run goes on, and at its beginning and end.
const PATIENCE: Duration = Duration::from_millis(200);
const LAST_PATIENCE: Duration = Duration::from_secs(3);
/// How long the end of a run waits for this thread.
const DEADLINE: Duration = Duration::from_secs(8);

/// Where runs are kept, and how many.
#[derive(Clone, Debug)]
pub struct Keeping {
    pub folder: PathBuf,
    pub runs: u32,
}

/// What is kept of a run's end beside its blocks.
#[derive(Clone, Debug, Default)]
pub struct Last {
    pub ending: Ending,
    /// By name.
    pub documents: Vec<(&'static str, String)>,
}

/// A run that is being recorded; kept where that was asked for.
pub struct Writer {
    thread: JoinHandle<()>,
    /// Tells the thread that the run is over.
    over: mpsc::Sender<()>,
    /// The blocks, once the run is over.
    recorded: mpsc::Receiver<Recorded>,
    last: mpsc::Sender<Last>,
    written: mpsc::Receiver<Result<(), String>>,
}

/// What was recorded of a run.
#[derive(Debug)]
struct Recorded {
    timeline: Timeline,
    figures: super::model::Headline,
}

/// A run that is over, of which its end is not yet written.
pub struct Over {
    writer: Writer,
    recorded: Option<Recorded>,
    start: Start,
}

impl Writer {
    /// Begins to record a run, and to keep it unless `keeping` is none. `say` says once why it cannot be kept.
    ///
    /// # Errors
    /// When there is no thread to be had.
    pub fn start(
        mut snapshots: watch::Receiver<Arc<Snapshot>>,
        start: Start,
        keeping: Option<Keeping>,
        say: impl Fn(&str) + Send + 'static,
    ) -> std::io::Result<(Self, Start)> {
        let (over, told) = mpsc::channel();
        let (done, recorded) = mpsc::channel();
        let (last, end) = mpsc::channel::<Last>();
        let (tell, written) = mpsc::channel();
        let of_run = start.clone();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()?;
        let thread = std::thread::Builder::new()
            .name("history".to_owned())
            .spawn(move || {
                let first = Arc::clone(&snapshots.borrow_and_update());
                let mut work = Work {
                    recorder: Recorder::new(first),
                    file: keeping.map(|keeping| KeptFile::new(keeping, of_run)),
                    say: Box::new(say),
                    said: false,
                };
                work.write();
                let (mut at, mut seconds) = (Instant::now(), 0);
                while matches!(told.try_recv(), Err(mpsc::TryRecvError::Empty)) {
                    let next = runtime
                        .block_on(async { tokio::time::timeout(POLL, snapshots.changed()).await });
                    if let Ok(Err(_)) = next {
                        break;
                    }
                    work.observe(Arc::clone(&snapshots.borrow_and_update()));
                    let number = work.recorder.last().interval.number;
                    if number >= seconds + PERIOD || at.elapsed() >= LONGEST_SILENCE {
                        work.write();
                        (at, seconds) = (Instant::now(), number);
                    }
                }
                work.observe(Arc::clone(&snapshots.borrow()));
                work.finish();
                // Where nobody waits any more, nobody needs it.
                let _ = done.send(Recorded {
                    timeline: work.recorder.timeline().clone(),
                    figures: work.recorder.headline(),
                });
                if let Ok(last) = end.recv() {
                    let _ = tell.send(work.try_write(Some(&last), LAST_PATIENCE));
                }
            })?;
        let writer = Self {
            thread,
            over,
            recorded,
            last,
            written,
        };
        Ok((writer, start))
    }

    /// The run is over: what was recorded of it.
    pub fn over(self, start: Start) -> Over {
        let _ = self.over.send(());
        let recorded = self.recorded.recv_timeout(DEADLINE).ok();
        Over {
            writer: self,
            recorded,
            start,
        }
    }
}

impl Over {
    /// The run with its blocks; none where they could not be had in time.
    pub fn run(&self) -> Option<RecordedRun> {
        let recorded = self.recorded.as_ref()?;
        Some(RecordedRun {
            record: Record {
                start: self.start.clone(),
                state: State::Running,
                figures: recorded.figures.clone(),
                ending: None,
            },
            summary: None,
            labels: recorded.timeline.labels().to_vec(),
            blocks: recorded.timeline.blocks().ok()?,
        })
    }

    /// Writes how it ended.
    ///
    /// # Errors
    /// Why it is not in the history, or not whole.
    pub fn end(self, last: Last) -> Result<(), String> {
        // A thread that is gone answers by that.
        let _ = self.writer.last.send(last);
        let written = self.writer.written.recv_timeout(DEADLINE);
        if self.writer.thread.is_finished() {
            let _ = self.writer.thread.join();
        }
        match written {
            Ok(written) => written,
            Err(_) => Err(format!(
                "it was not written within {} s",
                DEADLINE.as_secs()
            )),
        }
    }
}

/// What the thread does.
struct Work {
    recorder: Recorder,
    file: Option<KeptFile>,
    say: Box<dyn Fn(&str) + Send>,
    said: bool,
}

impl Work {
    fn observe(&mut self, snapshot: Arc<Snapshot>) {
        let merged = self.recorder.observe(snapshot);
        self.recorded(merged);
    }

    fn finish(&mut self) {
        if let Some(file) = &mut self.file {
            // The last block may be another than was written.
            file.blocks = file.blocks.saturating_sub(1);
        }
        let merged = self.recorder.finish();
        self.recorded(merged);
    }

    /// Where pairs were merged, all blocks are others than were written.
    fn recorded(&mut self, merged: Result<bool, Damage>) {
        match merged {
            Ok(true) => {
                if let Some(file) = &mut self.file {
                    file.all = true;
                }
            }
            Ok(false) => {}
            Err(why) => self.complain(&why.to_string()),
        }
    }

    /// Writes what is new while the run goes on.
    fn write(&mut self) {
        if let Err(why) = self.try_write(None, PATIENCE) {
            self.complain(&why);
        }
    }

    fn try_write(&mut self, last: Option<&Last>, patience: Duration) -> Result<(), String> {
        let Some(file) = &mut self.file else {
            return Ok(());
        };
        let written = file.write(&mut self.recorder, last, patience);
        written.map_err(|why| why.to_string())
    }

    /// Once: the end says it again where it lasts.
    fn complain(&mut self, why: &str) {
        if !self.said {
            self.said = true;
            (self.say)(why);
        }
    }
}

/// A run in the file of the history.
struct KeptFile {
    keeping: Keeping,
    start: Start,
    store: Option<(Store, RunNumber)>,
    /// How many labels and blocks are written.
    labels: usize,
    blocks: usize,
    /// Whether blocks that are written are others now.
    all: bool,
}

impl KeptFile {
    fn new(keeping: Keeping, start: Start) -> Self {
        Self {
            keeping,
            start,
            store: None,
            labels: 0,
            blocks: 0,
            all: false,
        }
    }

    fn write(
        &mut self,
        recorder: &mut Recorder,
        last: Option<&Last>,
        patience: Duration,
    ) -> Result<(), HistoryError> {
        if self.store.is_none() {
            let mut store = Store::open(&self.keeping.folder, patience)?;
            let number = store.begin(&self.start, &ProcessMark::own())?;
            self.store = Some((store, number));
        }
        let Some((store, number)) = &mut self.store else {
            return Ok(());
        };
        store.patience(patience)?;
        // A number for each label before they are counted.
        let open = last.is_none().then(|| recorder.open_block());
        let (figures, timeline) = (recorder.headline(), recorder.timeline());
        let mut blocks = timeline.encoded();
        let with_open;
        if let Some(open) = open.filter(|open| timeline.stride() > 1 && !open.figures.is_empty()) {
            // What a kill would cost is at most the period, however long a block is.
            let encoded = super::timeline::encode(&open).unwrap_or_default();
            with_open = [blocks, &[encoded]].concat();
            blocks = &with_open;
        }
        let documents: Vec<(&str, &str)> = last.map_or_else(Vec::new, |last| {
            let all = last.documents.iter();
            all.map(|(name, text)| (*name, text.as_str())).collect()
        });
        let news = News {
            at_ms: now_ms(),
            figures: &figures,
            labels: (timeline.labels(), self.labels),
            blocks: (blocks, if self.all { 0 } else { self.blocks }),
            all: self.all,
        };
        let end = last.map(|last| End {
            ending: &last.ending,
            documents: &documents,
        });
        let is_there = store.write(*number, news, end)?;
        self.labels = timeline.labels().len();
        self.blocks = timeline.encoded().len();
        self.all = false;
        if !is_there {
            return Err(HistoryError::Unknown(
                "the run was removed from the history while it went on".to_owned(),
            ));
        }
        if last.is_some() {
            store.keep(self.keeping.runs)?;
        }
        Ok(())
    }
}
