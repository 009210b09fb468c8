//! The live page: `index.html` at `/`, its other files below `/page/`.

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::page::{ASSETS, Asset, asset};

const INDEX: &str = "index.html";
const PREFIX: &str = "/page/";

/// What the page may do: load its own files and talk to where it came from.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

pub(super) fn router() -> Router {
    ASSETS.iter().fold(Router::new(), |router, asset| {
        let respond = move |request: Request| async move { respond(asset, request.headers()) };
        router.route(&url_path(asset), get(respond))
    })
}

/// Whether one of the page's files is at this path.
pub(super) fn has(url_path: &str) -> bool {
    match url_path.strip_prefix(PREFIX) {
        Some(path) => path != INDEX && asset(path).is_some(),
        None => url_path == "/",
    }
}

fn url_path(asset: &Asset) -> String {
    match asset.path {
        INDEX => "/".to_owned(),
        other => format!("{PREFIX}{other}"),
    }
}

fn respond(asset: &'static Asset, request: &HeaderMap) -> Response {
    let etag = format!("\"{}\"", asset.hash);
    let headers = [
        (header::CONTENT_TYPE, asset.content_type),
        (header::ETAG, &etag),
        (header::CACHE_CONTROL, "no-cache"),
        (header::VARY, "accept-encoding"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
    ];
    if lists(request, &header::IF_NONE_MATCH, &etag) {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    if lists(request, &header::ACCEPT_ENCODING, "gzip") {
        return (headers, [(header::CONTENT_ENCODING, "gzip")], asset.gzip).into_response();
    }
    match asset.bytes() {
        Ok(bytes) => (headers, bytes).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// Whether a header's list has this item, whatever its parameters are.
fn lists(headers: &HeaderMap, name: &HeaderName, item: &str) -> bool {
    let value = headers.get(name).map(HeaderValue::to_str);
    let mut items = value.and_then(Result::ok).unwrap_or_default().split(',');
    items.any(|one| one.split(';').next().unwrap_or(one).trim() == item)
}
