//! The access log: one entry for each answer, with the trace that its request belongs to (W3C Trace Context). It is written
//! at the level debug, under the target `access`: RUST_LOG=access=debug. Its `session` is what a client says in
//! `X-Session-Id`.

use std::time::Instant;

use axum::http::{HeaderValue, Method, Request, StatusCode};

/// A request under way, where the log is wanted.
pub struct AccessLog(Option<Entry>);

struct Entry {
    method: Method,
    path: String,
    trace_id: Option<String>,
    session: Option<String>,
    began: Instant,
}

impl AccessLog {
    /// The request has come.
    pub fn begin<B>(request: &Request<B>) -> Self {
        let wanted = tracing::enabled!(target: "access", tracing::Level::DEBUG);
        Self(wanted.then(|| {
            let parent = request.headers().get("traceparent");
            Entry {
                method: request.method().clone(),
                path: request.uri().path().to_owned(),
                trace_id: parent
                    .and_then(|value| trace_id(value.to_str().ok()?))
                    .map(str::to_owned),
                session: request.headers().get(SESSION).and_then(session),
                began: Instant::now(),
            }
        }))
    }

    /// The answer is ready.
    pub fn answered(self, endpoint: &str, status: StatusCode) {
        let Some(entry) = self.0 else {
            return;
        };
        tracing::debug!(
            target: "access",
            method = entry.method.as_str(),
            path = ?entry.path,
            endpoint,
            status = status.as_u16(),
            seconds = entry.began.elapsed().as_secs_f64(),
            trace_id = entry.trace_id,
            session = entry.session,
        );
    }
}

/// The header in which clients name their session.
const SESSION: &str = "x-session-id";
/// Longest name of a session, in bytes.
const LONGEST_SESSION: usize = 64;

/// The session that a client names, where it has a plain name.
fn session(value: &HeaderValue) -> Option<String> {
    let text = value.to_str().ok()?;
    let is_plain = text.bytes().all(|byte| byte.is_ascii_graphic());
    (is_plain && (1..=LONGEST_SESSION).contains(&text.len())).then(|| text.to_owned())
}

/// The trace id of a `traceparent` that is valid.
fn trace_id(parent: &str) -> Option<&str> {
    let mut parts = parent.split('-');
    let (version, id, span, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let is_hex = |text: &str, length: usize| {
        text.len() == length
            && text
                .bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    let is_zero = |text: &str| text.bytes().all(|byte| byte == b'0');
    let is_valid = is_hex(version, 2) && is_hex(id, 32) && is_hex(span, 16) && is_hex(flags, 2);
    let has_rest = parts.next().is_some();
    (is_valid
        && version != "ff"
        && !(version == "00" && has_rest)
        && !is_zero(id)
        && !is_zero(span))
    .then_some(id)
}

#[cfg(test)]
mod tests {
    use super::trace_id;

    #[test]
    fn a_trace_id_is_taken_from_valid_values_alone() {
        let id = "4bf92f3577b34da6a3ce929d0e0e4736";
        assert_eq!(trace_id(&format!("00-{id}-00f067aa0ba902b7-01")), Some(id));
        assert_eq!(
            trace_id(&format!("01-{id}-00f067aa0ba902b7-01-more")),
            Some(id)
        );
        for wrong in [
            "",
            "00-x",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e473\n-00f067aa0ba902b7-01",
        ] {
            assert_eq!(trace_id(wrong), None, "{wrong}");
        }
    }
}
