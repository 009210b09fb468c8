//! The feed: what happens to a run, told once a second to everyone who watches.
//!
//! Comes in: snapshots. Goes out: server-sent events, each written once for all viewers: `history`, all that was;
//! `now`, what is;
//! `end`, when nothing more will come. Anyone who comes, also for the second time, gets the whole history first: there
//! is nothing to be missed or seen twice.

mod event;
mod feed;
mod history;
mod now;
mod stream;

use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::server::connections::Pulse;
use super::server::state::Site;

pub(super) use feed::Feed;

/// The type of the stream: the WHATWG's server-sent events.
pub const CONTENT_TYPE: &str = "text/event-stream";

/// `GET /api/v1/feed`.
pub(crate) async fn watch(
    State(site): State<Site>,
    Extension(pulse): Extension<Arc<Pulse>>,
) -> Response {
    match site.feed.join(&pulse) {
        Ok(viewer) => ([(header::CONTENT_TYPE, CONTENT_TYPE)], Body::new(viewer)).into_response(),
        Err(problem) => problem.into_response(),
    }
}
