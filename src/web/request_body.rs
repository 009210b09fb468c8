//! The JSON object that came with a request, within its limits.

use std::time::Duration;

use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use serde_json::{Map, Value};
use tokio::time::timeout;

use super::problem::Problem;
use crate::plan::Fault;

/// Longest body, in bytes.
pub const BODY_LIMIT: usize = 64 << 10;

/// As much of a body that is too long is read and forgotten, in bytes.
const MAX_DISCARDED: usize = 4 << 20;

pub(in crate::web) type Object = Map<String, Value>;

/// The object; `None` where nothing came. Anyone who sends it has `time` for that.
pub(crate) async fn object(request: Request, time: Duration) -> Result<Option<Object>, Problem> {
    object_within(BODY_LIMIT, request, time).await
}

/// The same, of so many bytes at most.
pub(in crate::web) async fn object_within(
    limit: usize,
    request: Request,
    time: Duration,
) -> Result<Option<Object>, Problem> {
    let (parts, body) = request.into_parts();
    let too_large = || {
        let error = format!("the body has more than {limit} bytes");
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, error)
    };
    if announced(&parts.headers).is_some_and(|length| length > limit as u64) {
        // Anyone who is still sending when the connection closes never sees the answer.
        drop(timeout(time, axum::body::to_bytes(body, MAX_DISCARDED)).await);
        return Err(too_large());
    }
    let bytes = match timeout(time, axum::body::to_bytes(body, limit)).await {
        Ok(Ok(bytes)) => bytes,
        Ok(Err(_)) => return Err(too_large()),
        Err(_) => {
            let error = "the body of the request did not arrive in time";
            return Err(Problem::new(StatusCode::REQUEST_TIMEOUT, error));
        }
    };
    if bytes.is_empty() {
        return Ok(None);
    }
    if !is_json(&parts.headers) {
        return Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "the body is not declared as JSON: send the header `Content-Type: application/json`",
        ));
    }
    match serde_json::from_slice(&bytes) {
        Ok(Value::Object(object)) => Ok(Some(object)),
        Ok(_) => Err(Problem::new(
            StatusCode::BAD_REQUEST,
            "the body is not a JSON object such as {\"users\": 300}",
        )),
        Err(why) => Err(Problem::new(
            StatusCode::BAD_REQUEST,
            format!("the body is not JSON: {why}"),
        )),
    }
}

/// Refuses a body that says anything.
pub(crate) async fn nothing(request: Request, time: Duration) -> Result<(), Problem> {
    let said = object(request, time).await?.unwrap_or_default();
    let faults: Vec<Fault> = said.keys().map(|key| unknown(key, &[])).collect();
    if faults.is_empty() {
        Ok(())
    } else {
        Err(Problem::invalid(faults))
    }
}

/// A key that means nothing here.
pub(crate) fn unknown(key: &str, known: &[&str]) -> Fault {
    let (cause, remedy) = match known {
        [] => ("this request has no body", "leave the body out".to_owned()),
        [one] => ("is not a valid key", format!("the only one is {one}")),
        several => (
            "is not a valid key",
            format!("give some of {}", several.join(", ")),
        ),
    };
    Fault::new(key, cause, remedy)
}

fn announced(headers: &HeaderMap) -> Option<u64> {
    let length = headers.get(header::CONTENT_LENGTH)?;
    length.to_str().ok()?.parse().ok()
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next());
    kind.is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}
