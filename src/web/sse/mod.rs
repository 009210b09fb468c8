//! The feed: the run, once a second, to everyone who watches.
//!
//! In: views. Out: server-sent events, each written once for all viewers: `history`, all that was, and the first of
//! every viewer; `now`, what is; `end`, when nothing more will come. The page of the run until now in one file.
//! Must never know: commands, and who watches.

mod download;
mod event;
mod feed;
mod stream;

use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::connection_activity::Activity;

pub(super) use download::report;
pub(super) use event::event;
pub(super) use feed::Feed;
pub(super) use stream::EventStream;

/// The type of the stream: the WHATWG's server-sent events.
pub const CONTENT_TYPE: &str = "text/event-stream";

/// `GET /api/v1/feed`.
pub(super) async fn feed(
    State(feed): State<Arc<Feed>>,
    Extension(activity): Extension<Arc<Activity>>,
) -> Response {
    match feed.join(&activity) {
        Ok(stream) => ([(header::CONTENT_TYPE, CONTENT_TYPE)], Body::new(stream)).into_response(),
        Err(problem) => problem.into_response(),
    }
}
