//! What can be read: open on loopback.

use std::io::Read;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, StatusCode, header};
use flate2::read::GzDecoder;

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

/// What there is, for programs: OpenAPI 3.1, compressed by `build.rs`.
const OPENAPI: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/openapi.json.gz"));

pub async fn openapi() -> Result<([(HeaderName, &'static str); 1], Vec<u8>), StatusCode> {
    let mut document = Vec::new();
    let read = GzDecoder::new(OPENAPI).read_to_end(&mut document);
    read.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    Ok(([(header::CONTENT_TYPE, "application/json")], document))
}
