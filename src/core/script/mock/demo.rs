//! The demo service inside the process: the operations of `throng service` in memory, with latencies.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::rc::Rc;

use bytes::Bytes;
use time::OffsetDateTime;
use user_service::memory::{Call, Memory, Reply};
use user_service::{DEFAULT_ADMIN_EMAIL, DEFAULT_ADMIN_PASSWORD};

use super::latency::Latency;
use super::server::after;
use crate::clock::Clock;
use crate::http::{Headers, Origin, Request, Responder, Simulated, SimulatedResponse};
use crate::random::{Purpose, Stream};
use crate::script::shard_context::ScriptConfig;

/// Seconds that a response takes: p50 and p99.
const USUAL: (f64, f64) = (0.002, 0.015);
/// The same where a password is hashed.
const HASHED: (f64, f64) = (0.060, 0.150);

/// The service at work. It belongs to one thread.
pub struct DemoService {
    memory: RefCell<Memory>,
    clock: Clock,
    home: Rc<Origin>,
    /// What comes before every path of the target.
    base_path: String,
    usual: Latency,
    hashed: Latency,
    latencies: RefCell<Stream>,
    has_warned: Cell<bool>,
}

impl fmt::Debug for DemoService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DemoService").finish_non_exhaustive()
    }
}

impl DemoService {
    /// An empty one. Its ids and latencies are those of the run's seed and of the shard; its administrator is that of `-e admin_email` and
    /// `-e admin_password`, as the built-in types read them.
    pub fn new(script_config: &ScriptConfig, home: Rc<Origin>) -> Self {
        let run = &script_config.run;
        let variable = |name: &str, default: &'static str| {
            let given = script_config.vars.get(name);
            given.map_or(default, String::as_str).to_owned()
        };
        let admin = (
            variable("admin_email", DEFAULT_ADMIN_EMAIL),
            variable("admin_password", DEFAULT_ADMIN_PASSWORD),
        );
        let began = OffsetDateTime::from(run.clock.time_of_day());
        let shard = u64::try_from(script_config.shard).unwrap_or_default();
        let seed = run.seed.wrapping_add(shard);
        Self {
            memory: RefCell::new(Memory::new(seed, began, (&admin.0, &admin.1))),
            clock: run.clock,
            home,
            base_path: run.base_path.clone(),
            usual: Latency::of_quantiles(USUAL.0, USUAL.1),
            hashed: Latency::of_quantiles(HASHED.0, HASHED.1),
            latencies: RefCell::new(Stream::new(run.seed, 2 * shard, Purpose::Mock)),
            has_warned: Cell::new(false),
        }
    }

    fn answer(&self, request: &Request, head: &[u8]) -> Reply {
        if *request.origin != *self.home {
            return self.elsewhere(request);
        }
        let (path, query) = match request.target.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (&*request.target, None),
        };
        let path = path.strip_prefix(&*self.base_path).unwrap_or(path);
        let call = Call {
            method: request.method.as_str(),
            path: if path.is_empty() { "/" } else { path },
            query,
            authorization: field(head, b"authorization"),
            body: &request.body,
            at: self.clock.time_of_day().into(),
        };
        self.memory.borrow_mut().answer(&call)
    }

    /// There is no service but this one.
    fn elsewhere(&self, request: &Request) -> Reply {
        let what = format!(
            "the demo service in memory does not answer for {}; give --mock FILE.lua with routes of that host",
            request.origin
        );
        if !self.has_warned.replace(true) {
            tracing::warn!(target: "throng::mock", "{}", crate::text::line(&what));
        }
        let body = serde_json::json!({ "error": what });
        Reply {
            status: 404,
            content_type: Some("application/json"),
            body: body.to_string().into_bytes(),
            hashes: false,
        }
    }
}

impl Responder for DemoService {
    fn respond(&self, request: &Request, head: &[u8]) -> Simulated {
        let reply = self.answer(request, head);
        let latency = if reply.hashes {
            self.hashed
        } else {
            self.usual
        };
        let latency = latency.draw(&mut self.latencies.borrow_mut());
        let mut headers = Headers::new();
        if let Some(kind) = reply.content_type {
            // A name and a value without control characters.
            let _ = headers.push("content-type", kind);
        }
        let response = SimulatedResponse {
            status: reply.status,
            headers,
            body: Bytes::from(reply.body),
        };
        Simulated::Sent(after(self.clock, latency, Ok(response)))
    }
}

/// The value of a field in the head of a request, as it would be on the wire; `name` is in small letters.
fn field<'a>(head: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let mut rest = head;
    // What comes first is the request line, what follows the empty line is the body.
    while let Some(end) = memchr::memchr(b'\n', rest) {
        rest = &rest[end + 1..];
        if rest.starts_with(b"\r\n") {
            return None;
        }
        if let Some((own, value)) = rest.split_at_checked(name.len())
            && own.eq_ignore_ascii_case(name)
            && let Some(value) = value.strip_prefix(b":")
        {
            let end = memchr::memchr(b'\n', value)?;
            return Some(value[..end].trim_ascii());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_found_in_the_head_alone() {
        let head =
            b"GET / HTTP/1.1\r\nHost: x\r\nAUTHORIZATION: Bearer a b\r\n\r\nauthorization: no";
        assert_eq!(field(head, b"authorization"), Some(&b"Bearer a b"[..]));
        assert_eq!(field(b"GET / HTTP/1.1\r\n\r\nhost: no", b"host"), None);
    }
}
