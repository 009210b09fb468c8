//! The points of a report's charts, gathered while the run goes on.

use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::app::process::signals;
use crate::view::{History, Phase, Views};

/// The snapshots of a run, second by second.
pub struct Recording {
    history: Arc<Mutex<History>>,
    thread: JoinHandle<()>,
}

impl Recording {
    /// Listens on a thread of its own, which ends with the run.
    ///
    /// # Errors
    /// When there is no thread to be had.
    pub fn follow(mut views: Views) -> std::io::Result<Self> {
        let history = Arc::new(Mutex::new(History::default()));
        let kept = Arc::clone(&history);
        let runtime = tokio::runtime::Builder::new_current_thread().build()?;
        let thread = std::thread::Builder::new().name("report".to_owned());
        let thread = thread.spawn(move || {
            let mut next = Some(views.latest());
            while let Some(view) = next {
                let mut history = kept.lock().unwrap_or_else(PoisonError::into_inner);
                history.add(&view);
                drop(history);
                next = match view.live.phase {
                    Phase::Done => None,
                    _ => runtime.block_on(views.next()),
                };
            }
        })?;
        Ok(Self { history, thread })
    }

    /// All of them, once the run is over; it is waited for that long.
    pub fn end(self, patience: Duration) -> History {
        signals::wait_for(&self.thread, patience);
        let mut history = self.history.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *history)
    }
}
