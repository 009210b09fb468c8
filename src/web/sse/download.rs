//! `GET /api/v1/report.html`: the page of the run until now in one file.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::Feed;
use crate::web::problem::Problem;
use crate::web::unmasked::Unmasked;

pub async fn report(State(feed): State<Arc<Feed>>) -> Response {
    // Some megabytes at most, made of what is in memory; the thread is the web's own.
    match feed.report() {
        Some(Ok((run, page))) => {
            let name = format!("attachment; filename=\"throng-{run}.html\"");
            let headers = [
                (header::CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
                (header::CONTENT_DISPOSITION, name),
            ];
            let mut response = (headers, page).into_response();
            response.extensions_mut().insert(Unmasked);
            response
        }
        Some(Err(why)) => Problem::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            format!("the report cannot be made: {why}"),
        )
        .into_response(),
        None => Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "the run has no figures yet; try again in a second",
        )
        .into_response(),
    }
}
