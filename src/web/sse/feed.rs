//! Who watches the run, and what they are sent.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Bytes;
use axum::http::StatusCode;
use tokio::sync::mpsc;

use super::event;
use super::stream::EventStream;
use crate::page::data::{Point, history, now};
use crate::report::html;
use crate::secrets::Masker;
use crate::view::{Added, History, Phase, RunView, Views};
use crate::web::connection_activity::Activity;
use crate::web::problem::Problem;

/// Frames that wait for a viewer who does not read: with one a second, after so many seconds it is dropped.
const BACKLOG: usize = 30;
/// Viewers at once.
pub const MAX_VIEWERS: usize = 128;

/// The run as it is sent, and its viewers.
pub struct Feed {
    secrets: Arc<Masker>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    history: History,
    /// The latest view, and whether its interval is new.
    latest: Option<(Arc<RunView>, bool)>,
    viewers: Vec<Viewer>,
    over: bool,
    /// The whole history as it was sent last, until there is more.
    past: Option<Bytes>,
}

/// Where a viewer's frames go.
struct Viewer {
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
            self.publish(view);
            next = if done { None } else { views.next().await };
        }
        self.end();
    }

    fn publish(&self, view: Arc<RunView>) {
        let mut state = self.lock();
        let kept = state.history.add(&view);
        state.latest = Some((view, kept != Added::Nothing));
        state.past = None;
        if state.viewers.is_empty() {
            return;
        }
        if kept == Added::Halved {
            let past = self.past(&mut state);
            state.send(&past);
        } else if let Some(now) = self.now(&state) {
            state.send(&now);
        }
    }

    fn end(&self) {
        let mut state = self.lock();
        state.over = true;
        let end = event::event("end", 0, "{}");
        state.send(&end);
        state.viewers.clear();
    }

    /// A new viewer: everything so far, and then what comes.
    pub fn join(&self, activity: &Arc<Activity>) -> Result<EventStream, Problem> {
        let mut state = self.lock();
        state.viewers.retain(|viewer| !viewer.frames.is_closed());
        if state.viewers.len() >= MAX_VIEWERS {
            return Err(Problem::new(
                StatusCode::SERVICE_UNAVAILABLE,
                format!("{MAX_VIEWERS} clients watch this run, which is the maximum; close a page"),
            ));
        }
        let (frames, waiting) = mpsc::channel(BACKLOG);
        let first = [Some(self.past(&mut state)), self.now_again(&state)];
        let last = state.over.then(|| event::event("end", 0, "{}"));
        for frame in first.into_iter().flatten().chain(last) {
            // There is room for these.
            let _ = frames.try_send(frame);
        }
        if !state.over {
            let activity = Arc::clone(activity);
            state.viewers.push(Viewer { frames, activity });
        }
        Ok(EventStream::new(waiting, activity))
    }

    /// The page of the run until now in one file, secrets masked; none where there is no view of it yet.
    pub fn report(&self) -> Option<std::io::Result<(String, String)>> {
        let state = self.lock();
        let (view, _) = state.latest.as_ref()?;
        let mask = |text: &str| self.secrets.quoted(text).into_owned();
        let page = html::document(view, &state.history, &mask);
        Some(page.map(|page| (view.run.id.clone(), page)))
    }

    fn past(&self, state: &mut State) -> Bytes {
        let State { past, history, .. } = state;
        let past = past.get_or_insert_with(|| {
            let text = history::json(history);
            event::event(
                "history",
                u64::try_from(history.moments().len()).unwrap_or(u64::MAX),
                &self.secrets.quoted(&text),
            )
        });
        past.clone()
    }

    /// The latest moment: a point of the charts only where its second is new.
    fn now(&self, state: &State) -> Option<Bytes> {
        let (view, new) = state.latest.as_ref()?;
        let last = state.history.moments().last().filter(|_| *new);
        Some(self.now_with(view, last.map(history::point)))
    }

    /// The same for a viewer that has the whole history already.
    fn now_again(&self, state: &State) -> Option<Bytes> {
        let (view, _) = state.latest.as_ref()?;
        Some(self.now_with(view, None))
    }

    fn now_with(&self, view: &RunView, point: Option<Point<'_>>) -> Bytes {
        let text = now::json(view, point);
        event::event(
            "now",
            view.live.interval.number,
            &self.secrets.quoted(&text),
        )
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Sends a frame to all; a viewer that has no room for it has not read for too long, and is dropped.
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
