//! What every response has: security headers, and no secrets.

use std::borrow::Cow;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::state::AppState;
use crate::text;
use crate::web::sse;
use crate::web::unmasked::Unmasked;

/// The page has a Content-Security-Policy of its own.
const HEADERS: [(HeaderName, &str); 8] = [
    (header::SERVER, "throng"),
    (header::CACHE_CONTROL, "no-store"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
];

/// The type of every response of the API.
const JSON: &str = "application/json";

pub async fn add(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let bare = request.method() == Method::HEAD;
    let mut response = next.run(request).await;
    for (name, value) in HEADERS {
        response
            .headers_mut()
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
    let kind = response.headers().get(header::CONTENT_TYPE);
    // It has no end to wait for, and is masked where it is made.
    let streams = kind.is_some_and(|kind| kind == sse::CONTENT_TYPE);
    let unmasked = response.extensions().get::<Unmasked>().is_some();
    if bare || streams || unmasked {
        response
    } else {
        masked(&state, response).await
    }
}

async fn masked(state: &AppState, response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    // Made in this process: its length is known and it has no error.
    let Ok(bytes) = to_bytes(body, usize::MAX).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let Ok(said) = std::str::from_utf8(&bytes) else {
        return Response::from_parts(parts, Body::from(bytes));
    };
    let kind = parts
        .headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    let secrets = &state.secrets;
    let masked = match kind {
        Some(kind) if is_quoted(kind) => secrets.quoted(said),
        _ => secrets.text(said),
    };
    // Anyone who asks with curl reads it on a terminal.
    let shown = match kind {
        Some(JSON) => text::json(&masked),
        _ => masked.as_ref().into(),
    };
    let body = match (&masked, &shown) {
        (Cow::Borrowed(_), Cow::Borrowed(_)) => Body::from(bytes),
        _ => {
            let text = shown.into_owned();
            parts.headers.remove(header::CONTENT_LENGTH);
            Body::from(text)
        }
    };
    Response::from_parts(parts, body)
}

/// JSON, and the text form of Prometheus.
fn is_quoted(kind: &str) -> bool {
    kind == JSON || kind == crate::report::prometheus::CONTENT_TYPE
}
