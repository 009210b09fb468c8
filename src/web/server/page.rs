//! The files of the live page, inside the program. They hold nothing of a run.

use std::io::Read;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use flate2::read::GzDecoder;

/// A file, compressed by gzip.
#[derive(Debug)]
pub struct File {
    pub path: &'static str,
    pub kind: &'static str,
    /// Its `ETag`.
    mark: &'static str,
    /// Its length, uncompressed.
    pub bytes: usize,
    pub packed: &'static [u8],
}

/// All of them.
pub const FILES: &[File] = include!(concat!(env!("OUT_DIR"), "/page.rs"));

/// What the page may do: load its own files and talk to where it came from.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

pub(super) fn router() -> Router {
    FILES.iter().fold(Router::new(), |router, file| {
        let answer = move |request: Request| async move { answer(file, request.headers()) };
        router.route(&path(file), get(answer))
    })
}

/// Whether a path is one of the page's files.
pub(super) fn is_part(asked: &str) -> bool {
    FILES.iter().any(|file| path(file) == asked)
}

fn path(file: &File) -> String {
    match file.path {
        "index.html" => "/".to_owned(),
        other => format!("/page/{other}"),
    }
}

fn answer(file: &'static File, asked: &HeaderMap) -> Response {
    let says = |name, text: &str| {
        let value = asked
            .get(name)
            .and_then(|value: &header::HeaderValue| value.to_str().ok());
        value.is_some_and(|value| {
            value
                .split(',')
                .any(|one| one.split(';').next().unwrap_or(one).trim() == text)
        })
    };
    let heads = [
        (header::CONTENT_TYPE, file.kind),
        (header::ETAG, file.mark),
        (header::CACHE_CONTROL, "no-cache"),
        (header::VARY, "accept-encoding"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
    ];
    if says(header::IF_NONE_MATCH, file.mark) {
        return (StatusCode::NOT_MODIFIED, heads).into_response();
    }
    if says(header::ACCEPT_ENCODING, "gzip") {
        return (heads, [(header::CONTENT_ENCODING, "gzip")], file.packed).into_response();
    }
    let mut text = Vec::with_capacity(file.bytes);
    match GzDecoder::new(file.packed).read_to_end(&mut text) {
        Ok(_) => (heads, text).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
