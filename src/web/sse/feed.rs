//! All that is told of a run, and to whom.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Bytes;
use axum::http::StatusCode;
use tokio::sync::mpsc;

use super::stream::EventStream;
use super::{event, history, now};
use crate::secrets::Masker;
use crate::view::{Added, History, Phase, RunView, Views};
use crate::web::connection_activity::Activity;
use crate::web::problem::Problem;

/// Frames that wait for a viewer who does not read; with one a second, its patience in seconds. Then it is dropped.
const BACKLOG: usize = 30;
/// People who watch at once.
pub const MAX_VIEWERS: usize = 128;

/// All that is told, and to whom.
pub struct Feed {
    secrets: Arc<Masker>,
    state: Mutex<Told>,
}

#[derive(Default)]
struct Told {
    history: History,
    /// The latest view, and whether its interval is new.
    latest: Option<(Arc<RunView>, bool)>,
    viewers: Vec<Listener>,
    over: bool,
    /// The whole history as it was told last, until there is more.
    past: Option<Bytes>,
}

/// Where a viewer's frames go.
struct Listener {
    frames: mpsc::Sender<Bytes>,
    activity: Arc<Activity>,
}

impl Feed {
    pub fn new(secrets: Arc<Masker>) -> Self {
        Self {
            secrets,
            state: Mutex::default(),
        }
    }

    /// Tells of every view until the run is over.
    pub async fn follow(&self, mut views: Views) {
        let mut next = Some(views.latest());
        while let Some(view) = next {
            let done = view.live.phase == Phase::Done;
            self.tell(view);
            next = if done { None } else { views.next().await };
        }
        self.end();
    }

    fn tell(&self, view: Arc<RunView>) {
        let mut told = self.lock();
        let kept = told.history.add(&view);
        told.latest = Some((view, kept != Added::Nothing));
        told.past = None;
        if told.viewers.is_empty() {
            return;
        }
        if kept == Added::Halved {
            let past = self.past(&mut told);
            told.send(&past);
        } else if let Some(now) = self.now(&told) {
            told.send(&now);
        }
    }

    fn end(&self) {
        let mut told = self.lock();
        told.over = true;
        let end = event::event("end", 0, "{}");
        told.send(&end);
        told.viewers.clear();
    }

    /// A new viewer: everything so far, and then what comes.
    pub fn join(&self, activity: &Arc<Activity>) -> Result<EventStream, Problem> {
        let mut told = self.lock();
        told.viewers.retain(|viewer| !viewer.frames.is_closed());
        if told.viewers.len() >= MAX_VIEWERS {
            return Err(Problem::new(
                StatusCode::SERVICE_UNAVAILABLE,
                format!("{MAX_VIEWERS} clients watch this run, which is the maximum; close a page"),
            ));
        }
        let (frames, waiting) = mpsc::channel(BACKLOG);
        let first = [Some(self.past(&mut told)), self.now_again(&told)];
        let last = told.over.then(|| event::event("end", 0, "{}"));
        for frame in first.into_iter().flatten().chain(last) {
            // There is room for these.
            let _ = frames.try_send(frame);
        }
        if !told.over {
            let activity = Arc::clone(activity);
            told.viewers.push(Listener { frames, activity });
        }
        Ok(EventStream::new(waiting, activity))
    }

    fn past(&self, told: &mut Told) -> Bytes {
        let Told { past, history, .. } = told;
        let past = past.get_or_insert_with(|| {
            let text = history::json(history);
            event::event(
                "history",
                history.moments().len(),
                &self.secrets.quoted(&text),
            )
        });
        past.clone()
    }

    /// The latest moment: a point of the charts only where its second is new.
    fn now(&self, told: &Told) -> Option<Bytes> {
        let (view, new) = told.latest.as_ref()?;
        let last = told.history.moments().last().filter(|_| *new);
        Some(self.now_with(view, last.map(history::point)))
    }

    /// The same for anyone who has the whole history already.
    fn now_again(&self, told: &Told) -> Option<Bytes> {
        let (view, _) = told.latest.as_ref()?;
        Some(self.now_with(view, None))
    }

    fn now_with(&self, view: &RunView, point: Option<history::Point<'_>>) -> Bytes {
        let text = now::json(view, point);
        let number = usize::try_from(view.live.interval.number).unwrap_or(usize::MAX);
        event::event("now", number, &self.secrets.quoted(&text))
    }

    fn lock(&self) -> MutexGuard<'_, Told> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Told {
    /// Hands a frame to everyone; who has not read for so long has no room for it, and goes.
    fn send(&mut self, frame: &Bytes) {
        self.viewers
            .retain(|viewer| match viewer.frames.try_send(frame.clone()) {
                Ok(()) => true,
                Err(mpsc::error::TrySendError::Full(_)) => {
                    viewer.activity.close_stalled();
                    false
                }
                Err(mpsc::error::TrySendError::Closed(_)) => false,
            });
    }
}
