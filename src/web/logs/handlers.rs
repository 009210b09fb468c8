use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use tokio::sync::{Semaphore, mpsc};

use super::query::Query;
use super::stream;
use crate::run_log::{Entry, RunLog};
use crate::secrets::Masker;
use crate::web::connection_activity::Activity;
use crate::web::problem::Problem;
use crate::web::sse::{CONTENT_TYPE, EventStream};

/// Entries of one answer.
const PAGE: usize = 1_000;
/// Those who follow the log at once.
pub const MAX_FOLLOWERS: usize = 32;

/// The log, and who follows it.
#[derive(Clone)]
pub struct Logs {
    log: RunLog,
    secrets: Arc<Masker>,
    places: Arc<Semaphore>,
}

/// `GET /api/v1/logs`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogPage {
    /// The oldest first.
    pub entries: Vec<Entry>,
    /// What to give as `after` the next time.
    pub next: u64,
    /// Entries after the one that was given which are kept no longer.
    pub missed: u64,
    /// Whether there is more to read now.
    pub has_more: bool,
    /// Whether the run has written its last entry.
    pub is_over: bool,
}

impl Logs {
    pub fn new(log: RunLog, secrets: Arc<Masker>) -> Self {
        Self {
            log,
            secrets,
            places: Arc::new(Semaphore::new(MAX_FOLLOWERS)),
        }
    }
}

/// `GET /api/v1/logs`: what is kept.
pub async fn list(State(logs): State<Logs>, uri: Uri, headers: HeaderMap) -> Response {
    let query = match Query::of(&uri, &headers) {
        Ok(query) => query,
        Err(problem) => return problem.into_response(),
    };
    let page = logs.log.read(query.after, &query.filter, PAGE);
    let page = LogPage {
        entries: page.entries,
        next: page.next,
        missed: page.missed,
        has_more: page.has_more,
        is_over: page.is_over,
    };
    // Plain data with keys of text always is JSON.
    let json = serde_json::to_string(&page).unwrap_or_default();
    let json = logs.secrets.quoted(&json).into_owned();
    ([(header::CONTENT_TYPE, "application/json")], json).into_response()
}

/// `GET /api/v1/logs/feed`: what is kept, and what comes.
pub async fn feed(
    State(logs): State<Logs>,
    Extension(activity): Extension<Arc<Activity>>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let query = match Query::of(&uri, &headers) {
        Ok(query) => query,
        Err(problem) => return problem.into_response(),
    };
    let Ok(place) = Arc::clone(&logs.places).try_acquire_owned() else {
        let error = format!(
            "{MAX_FOLLOWERS} clients follow the log of this run, which is the maximum; close one"
        );
        return Problem::new(StatusCode::SERVICE_UNAVAILABLE, error).into_response();
    };
    // One frame waits: a client that does not read holds up its own stream, and the log goes on without it.
    let (frames, waiting) = mpsc::channel(1);
    let stream = EventStream::new(waiting, &activity);
    tokio::spawn(async move {
        let _place = place;
        if stream::send(&logs.log, &query, &logs.secrets, &frames)
            .await
            .is_err()
        {
            activity.close_stalled();
        }
    });
    ([(header::CONTENT_TYPE, CONTENT_TYPE)], Body::new(stream)).into_response()
}
