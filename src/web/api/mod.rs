//! The control API: a run as JSON, and what may be done to it. `docs/control-api.md` says its form.
//!
//! Reading is open on loopback; whatever changes something needs the run's token.

mod change;
mod run;
mod steer;
mod versions;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::State;
use axum::http::{Method, StatusCode, Uri, header};
use axum::routing::{MethodRouter, get, post};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use super::scripts::{self, Shelf};
use super::sse::Feed;
use super::tries::Tries;
use super::{Control, sse};
use crate::metrics::Snapshot;
use crate::secrets::Masker;
use crate::view::RunView;

pub use super::body::BODY_LIMIT;
pub use super::problem::{Fault, Problem, Trouble};
pub use run::{Percentiles, Rates, Run, Users, UsersOfType};
pub use versions::{OfType, Version, Versions};

/// Where the API begins.
pub const ROOT: &str = "/api/v1";

/// The body of every answer to a command that was obeyed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Obeyed {
    /// What was done, in a sentence.
    pub done: String,
}

/// What every request of the API may need.
#[derive(Clone)]
pub(super) struct Site {
    pub snapshots: watch::Receiver<Arc<Snapshot>>,
    pub control: Option<Control>,
    pub secrets: Arc<Masker>,
    pub tries: Arc<Tries>,
    pub bound: SocketAddr,
    pub feed: Arc<Feed>,
    pub shelf: Option<Arc<Shelf>>,
}

impl Site {
    /// Cloned at once: the sender waits while the value is borrowed.
    fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&self.snapshots.borrow())
    }
}

pub(super) fn router(site: Site) -> Router {
    let at = |path: &str, method: MethodRouter<Site>| (format!("{ROOT}/{path}"), method);
    let routes = [
        at("run", get(run).patch(steer::set)),
        at("versions", get(versions)),
        at("feed", get(sse::watch)),
        at("scripts", get(scripts::list)),
        at("scripts/{*path}", get(scripts::read).put(scripts::save)),
        at("openapi.json", get(openapi)),
        at("pause", post(steer::pause)),
        at("resume", post(steer::resume)),
        at("stop", post(steer::stop)),
        at("reload", post(steer::reload)),
        at("rollback", post(steer::rollback)),
        at("promote", post(steer::promote)),
    ];
    routes
        .into_iter()
        .fold(Router::new(), |router, (path, method)| {
            router.route(&path, method)
        })
        .method_not_allowed_fallback(wrong_method)
        .with_state(site)
}

async fn run(State(site): State<Site>) -> Json<Run> {
    Json(Run::from(&RunView::of(&site.snapshot())))
}

async fn versions(State(site): State<Site>) -> Json<Versions> {
    Json(Versions::of(&site.snapshot()))
}

/// What there is, for programs: OpenAPI 3.1.
pub const OPENAPI: &str = include_str!("openapi.json");

async fn openapi() -> ([(header::HeaderName, &'static str); 1], &'static str) {
    ([(header::CONTENT_TYPE, "application/json")], OPENAPI)
}

async fn wrong_method(method: Method, uri: Uri) -> Problem {
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        format!("{method} cannot be done to {}", uri.path()),
    )
}

/// The answer where there is nothing below `/api`.
pub(super) fn missing(uri: &Uri) -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        format!(
            "there is nothing at {}; see {ROOT}/openapi.json",
            uri.path()
        ),
    )
}
