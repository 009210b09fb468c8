//! What is answered at each path.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Router, middleware};
use tokio::sync::watch;

use super::state::Site;
use super::{guard, page, response_headers};
use crate::metrics::Snapshot;
use crate::report::prometheus;
use crate::web::api;

type Snapshots = watch::Receiver<Arc<Snapshot>>;

pub(in crate::web) fn router(site: Site) -> Router {
    let snapshots = site.snapshots.clone();
    let all = site.clone();
    Router::new()
        .route("/metrics", get(metrics))
        .route(guard::HEALTH, get(healthz))
        .fallback(missing)
        .with_state(snapshots)
        .merge(api::router(site))
        .merge(page::router())
        .layer(middleware::from_fn_with_state(all.clone(), guard::admit))
        .layer(middleware::from_fn_with_state(all, response_headers::add))
}

async fn healthz() -> &'static str {
    "ok\n"
}

async fn metrics(State(snapshots): State<Snapshots>) -> Response {
    // Cloned at once: the sender waits while the value is borrowed.
    let snapshot = Arc::clone(&snapshots.borrow());
    match prometheus::text(&snapshot) {
        Ok(text) => ([(header::CONTENT_TYPE, prometheus::CONTENT_TYPE)], text).into_response(),
        Err(error) => {
            let sentence = format!("The figures cannot be written: {error}.\n");
            (StatusCode::INTERNAL_SERVER_ERROR, sentence).into_response()
        }
    }
}

async fn missing(uri: Uri) -> Response {
    if uri.path() == "/api" || uri.path().starts_with("/api/") {
        return api::missing(&uri).into_response();
    }
    let sentence = format!(
        "There is nothing at {}; see /, /metrics, /healthz and /api/v1/run.\n",
        uri.path()
    );
    (StatusCode::NOT_FOUND, sentence).into_response()
}
