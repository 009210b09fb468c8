//! The operations, a file for each group of them: what comes in is checked by extractors, what goes out is the
//! store's answer as JSON. The OpenAPI document is made from the same functions.

mod assignments;
pub(crate) mod auth;
pub(crate) mod forms;
mod permissions;
mod profiles;
mod roles;
pub(crate) mod system;
pub(crate) mod users;

use std::sync::Arc;

use axum::Router;
use axum::http::{Method, StatusCode, Uri};
use serde::Serialize;
use utoipa::openapi::OpenApi;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;

use crate::error::Refusal;
use crate::openapi;
use crate::state::AppState;

pub use system::metrics_text;

/// Where the document stands.
pub(crate) const DOCUMENT: &str = "/openapi.json";
/// What all operations but the system's begin with.
pub const PREFIX: &str = "/api/v1";

/// A success that has nothing else to say.
#[derive(Debug, Serialize, ToSchema)]
pub struct Message {
    pub message: &'static str,
}

/// Which page of a list.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(
    dead_code,
    reason = "describes the parameters; forms::slice reads them"
)]
struct Paging {
    /// Page, from 1.
    #[param(minimum = 1, maximum = 1_000_000, default = 1)]
    page: Option<u32>,
    /// Items a page.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u32>,
}

fn build() -> (Router<AppState>, OpenApi) {
    let api = OpenApiRouter::new()
        .merge(auth::routes())
        .merge(users::routes())
        .merge(profiles::routes())
        .merge(assignments::routes())
        .merge(roles::routes())
        .merge(permissions::routes());
    let (router, mut document) = OpenApiRouter::with_openapi(openapi::base())
        .merge(system::routes())
        .nest(PREFIX, api)
        .split_for_parts();
    openapi::complete(&mut document);
    (router, document)
}

/// All operations as one axum router, without the count of requests and the weather, which [`crate::serve`] puts in
/// front of it.
pub fn router(state: AppState) -> Router {
    let (router, document) = build();
    let text: Arc<str> = serde_json::to_string(&document).unwrap_or_default().into();
    router
        .route(
            DOCUMENT,
            axum::routing::get(move || system::document(Arc::clone(&text))),
        )
        .fallback(async |uri: Uri| no_route(uri.path()))
        .method_not_allowed_fallback(async |method: Method, uri: Uri| {
            no_method(method.as_str(), uri.path())
        })
        .with_state(state)
}

/// The OpenAPI document.
#[must_use]
pub fn document() -> OpenApi {
    build().1
}

/// From a raw path to the template of its route.
pub(crate) fn templates() -> matchit::Router<Arc<str>> {
    let mut templates = matchit::Router::new();
    let document = document();
    for path in document
        .paths
        .paths
        .keys()
        .map(String::as_str)
        .chain([DOCUMENT])
    {
        if let Err(error) = templates.insert(path, path.into()) {
            tracing::error!(%error, path, "template");
        }
    }
    templates
}

/// The path does not exist.
pub(crate) fn no_route(path: &str) -> Refusal {
    Refusal::new(
        StatusCode::NOT_FOUND,
        "no_route",
        format!("there is nothing at {path}"),
    )
}

/// There is the path, with other methods.
pub(crate) fn no_method(method: &str, path: &str) -> Refusal {
    Refusal::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method_not_allowed",
        format!("{path} does not take {method}"),
    )
}
