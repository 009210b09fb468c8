//! What is answered at each path.

use axum::extract::State;
use axum::http::{Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get, post};
use axum::{Router, middleware};

use super::state::AppState;
use super::{guard, page, response_headers};
use crate::report::prometheus;
use crate::view::Views;
use crate::web::api::{self, ROOT};
use crate::web::problem::Problem;
use crate::web::{history, inspect, logs, scripts, sse};

pub fn router(state: AppState) -> Router {
    Router::new()
        .route("/metrics", get(metrics))
        .route(guard::HEALTH, get(healthz))
        .fallback(not_found)
        .with_state(state.clone())
        .merge(api(state.clone()))
        .merge(page::router())
        .layer(middleware::from_fn_with_state(state.clone(), guard::admit))
        .layer(middleware::from_fn_with_state(state, response_headers::add))
}

fn api(state: AppState) -> Router {
    let at = |path: &str, method: MethodRouter<AppState>| (format!("{ROOT}/{path}"), method);
    let routes = [
        at("run", get(api::run).patch(api::set)),
        at("versions", get(api::versions)),
        at("failures", get(api::failures)),
        at("runs", get(history::runs)),
        at("compare", get(history::comparison)),
        at("feed", get(sse::feed)),
        at("report.html", get(sse::report)),
        at("session", post(api::session)),
        at("logs", get(logs::list)),
        at("logs/feed", get(logs::feed)),
        at("inspect", get(inspect::follow)),
        at("scripts", get(scripts::list)),
        at("scripts/{*path}", get(scripts::read).put(scripts::save)),
        at("openapi.json", get(api::openapi)),
        at("pause", post(api::pause)),
        at("resume", post(api::resume)),
        at("stop", post(api::stop)),
        at("reload", post(api::reload)),
        at("rollback", post(api::rollback)),
        at("promote", post(api::promote)),
        at("incident", post(api::incident)),
    ];
    routes
        .into_iter()
        .fold(Router::new(), |router, (path, method)| {
            router.route(&path, method)
        })
        .method_not_allowed_fallback(method_not_allowed)
        .with_state(state)
}

async fn healthz() -> &'static str {
    "ok\n"
}

async fn metrics(State(mut views): State<Views>) -> Response {
    match prometheus::text(&views.latest()) {
        Ok(text) => ([(header::CONTENT_TYPE, prometheus::CONTENT_TYPE)], text).into_response(),
        Err(error) => {
            let sentence = format!("The figures cannot be written: {error}.\n");
            (StatusCode::INTERNAL_SERVER_ERROR, sentence).into_response()
        }
    }
}

async fn method_not_allowed(method: Method, uri: Uri) -> Problem {
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        format!("{} does not allow {method}", uri.path()),
    )
}

async fn not_found(uri: Uri) -> Response {
    let path = uri.path();
    if path == "/api" || path.starts_with("/api/") {
        let error = format!("there is nothing at {path}; see {ROOT}/openapi.json");
        return Problem::new(StatusCode::NOT_FOUND, error).into_response();
    }
    let sentence =
        format!("There is nothing at {path}; see /, /metrics, /healthz and {ROOT}/run.\n");
    (StatusCode::NOT_FOUND, sentence).into_response()
}
