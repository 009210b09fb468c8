//! The service about itself.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::error::Refusal;
use crate::metrics::Levels;
use crate::state::AppState;
use crate::store::users;

const TEXT_FORMAT: &str = "text/plain; version=0.0.4; charset=utf-8";

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(welcome))
        .routes(routes!(health))
        .routes(routes!(metrics))
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Welcome {
    #[schema(example = "ok")]
    pub status: &'static str,
    #[schema(example = "user-service")]
    pub service: &'static str,
    #[schema(format = "date-time")]
    pub timestamp: String,
}

/// What the service is
#[utoipa::path(get, path = "/", tag = "system", responses((status = 200, body = Welcome)))]
async fn welcome(State(state): State<AppState>) -> Json<Welcome> {
    Json(Welcome {
        status: "ok",
        service: "user-service",
        timestamp: state.clock.stamp(),
    })
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Health {
    /// `healthy`, or `degraded` when a check failed.
    pub status: &'static str,
    pub checks: Checks,
    /// Seconds since the start.
    pub uptime: f64,
    pub version: &'static str,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Checks {
    /// Whether a query comes back: `ok` or `failed`.
    pub database: &'static str,
    /// Whether the registry of live tokens answers: `ok` or `failed`.
    pub cache: &'static str,
}

/// Whether the service can do its work
#[utoipa::path(
    get, path = "/health", tag = "system",
    responses((status = 200, body = Health), (status = 503, description = "degraded", body = Health))
)]
async fn health(State(state): State<AppState>) -> (StatusCode, Json<Health>) {
    let database = state.store.read(users::probe).await;
    let cache = state.tokens.answers();
    let word = |fine| if fine { "ok" } else { "failed" };
    let checks = Checks {
        database: word(database.is_ok()),
        cache: word(cache),
    };
    let fine = database.is_ok() && cache;
    let health = Health {
        status: if fine { "healthy" } else { "degraded" },
        checks,
        uptime: (state.began.elapsed().as_secs_f64() * 1000.0).round() / 1000.0,
        version: env!("CARGO_PKG_VERSION"),
    };
    (
        if fine {
            StatusCode::OK
        } else {
            StatusCode::SERVICE_UNAVAILABLE
        },
        Json(health),
    )
}

/// The metrics in the text format of Prometheus
#[utoipa::path(
    get, path = "/metrics", tag = "system",
    responses((status = 200, body = String, content_type = "text/plain"))
)]
async fn metrics(State(state): State<AppState>) -> Result<Response, Refusal> {
    let text = metrics_text(&state).await?;
    Ok(([(header::CONTENT_TYPE, TEXT_FORMAT)], text).into_response())
}

/// The metrics as they are now.
pub async fn metrics_text(state: &AppState) -> Result<Vec<u8>, Refusal> {
    // The pool is looked at before this scrape takes a connection of its own.
    let connections = state.store.connections_active();
    let census = state.store.read(users::census).await?;
    let levels = Levels {
        census,
        tokens: state.tokens.count(),
        connections,
    };
    state.metrics.text(&levels).map_err(|error| {
        tracing::error!(%error, "metrics");
        Refusal::internal()
    })
}

pub async fn document(text: Arc<str>) -> Response {
    (
        [(header::CONTENT_TYPE, "application/json")],
        text.to_string(),
    )
        .into_response()
}
