//! The control API: a run as JSON, and what may be done to it. `docs/control-api.md` says its form.
//!
//! Reading is open on loopback; whatever changes something needs the run's token.

mod commands;
mod run;
mod settings;
mod versions;

use axum::extract::State;
use axum::http::{Method, StatusCode, Uri, header};
use axum::routing::{MethodRouter, get, post};
use axum::{Json, Router};

use super::scripts;
use super::server::state::Site;
use super::sse;
use crate::view::RunView;

pub use super::control::Obeyed;
pub use super::problem::{Fault, Problem, Trouble};
pub use super::request_body::BODY_LIMIT;
pub use run::{Percentiles, Rates, Run, Users, UsersOfType};
pub use versions::{OfType, Version, Versions};

/// Where the API begins.
pub const ROOT: &str = "/api/v1";

pub(super) fn router(site: Site) -> Router {
    let at = |path: &str, method: MethodRouter<Site>| (format!("{ROOT}/{path}"), method);
    let routes = [
        at("run", get(run).patch(commands::set)),
        at("versions", get(versions)),
        at("feed", get(sse::watch)),
        at("scripts", get(scripts::list)),
        at("scripts/{*path}", get(scripts::read).put(scripts::save)),
        at("openapi.json", get(openapi)),
        at("pause", post(commands::pause)),
        at("resume", post(commands::resume)),
        at("stop", post(commands::stop)),
        at("reload", post(commands::reload)),
        at("rollback", post(commands::rollback)),
        at("promote", post(commands::promote)),
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
