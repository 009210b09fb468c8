//! What can be read: open on loopback.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, header};

use crate::page::data::{Failures, Run, Versions};
use crate::view::Views;

pub async fn run(State(mut views): State<Views>) -> Json<Run> {
    Json(Run::from(&*views.latest()))
}

pub async fn versions(State(mut views): State<Views>) -> Json<Versions> {
    Json(Versions::from(&*views.latest()))
}

pub async fn failures(State(mut views): State<Views>) -> Json<Failures> {
    Json(Failures::from(&*views.latest()))
}

/// What there is, for programs: OpenAPI 3.1.
pub const OPENAPI: &str = include_str!("openapi.json");

pub async fn openapi() -> ([(HeaderName, &'static str); 1], &'static str) {
    ([(header::CONTENT_TYPE, "application/json")], OPENAPI)
}
