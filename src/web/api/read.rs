//! What can be read: open on loopback.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, header};

use super::run::Run;
use super::versions::Versions;
use crate::view::RunView;
use crate::web::snapshots::Snapshots;

pub async fn run(State(snapshots): State<Snapshots>) -> Json<Run> {
    Json(Run::from(&RunView::of(&snapshots.latest())))
}

pub async fn versions(State(snapshots): State<Snapshots>) -> Json<Versions> {
    Json(Versions::of(&snapshots.latest()))
}

/// What there is, for programs: OpenAPI 3.1.
pub const OPENAPI: &str = include_str!("openapi.json");

pub async fn openapi() -> ([(HeaderName, &'static str); 1], &'static str) {
    ([(header::CONTENT_TYPE, "application/json")], OPENAPI)
}
