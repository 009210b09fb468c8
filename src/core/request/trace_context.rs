//! Trace context of requests: `traceparent` and `tracestate` (W3C Trace Context, version 00) and `baggage` (W3C Baggage).
//!
//! A session is a trace. Its steps are children of the session, its requests children of their step. Where OTLP is an
//! output their spans are exported; in any case the target's spans have a request as their parent, and `tracestate` names
//! the session's and the step's.
//! Ids are drawn from the seed and mixed with the run's id: the same run again has the same sampled sessions, and no two
//! runs share an id.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use crate::http::Headers;
use crate::metrics::{SpanIds, Trace};
use crate::random::{Purpose, Stream};

const TRACEPARENT: &str = "traceparent";
const TRACESTATE: &str = "tracestate";
const BAGGAGE: &str = "baggage";
/// What `--trace-url` has in the place of the id.
const PLACEHOLDER: &str = "{trace_id}";

/// How requests are traced.
#[derive(Debug, Clone, PartialEq)]
pub struct TraceContext {
    run: String,
    /// Mixed into all ids.
    key: u64,
    /// Part of the sessions whose requests have the sampled flag, 0 to 1.
    sampled: f64,
    /// Where a trace can be seen.
    url: Option<String>,
}

impl TraceContext {
    /// For the run with this id: a share of its sessions is sampled, and traces can be seen at `url`, which holds
    /// [`PLACEHOLDER`].
    pub fn new(run: &str, sampled: f64, url: Option<String>) -> Self {
        let digest = Sha256::digest(run.as_bytes());
        let key = digest.iter().take(8);
        Self {
            run: run.to_owned(),
            key: key.fold(0, |key, byte| key << 8 | u64::from(*byte)),
            sampled,
            url,
        }
    }

    /// The trace of a user's session in a run of this seed.
    pub(super) fn session(&self, seed: u64, user: u64, session: u32) -> SessionTrace {
        let mut flags = Stream::new(seed, user, Purpose::Trace(session));
        // Setup, teardown and clean-up are no sessions, and several of them have one number.
        let key = match session {
            0 => uuid::Uuid::new_v4().as_u64_pair().0,
            _ => self.key,
        };
        let mut ids = Stream::new(seed ^ key, user, Purpose::Trace(session));
        let id = format!("{:016x}{:016x}", word(&mut ids), word(&mut ids));
        SessionTrace {
            baggage: match session {
                0 => "synthetic_request=true".to_owned(),
                _ => format!(
                    "session.id={}-{}-{session},synthetic_request=true",
                    self.run, user
                ),
            },
            id,
            span: word(&mut ids),
            step: None,
            is_sampled: flags.chance(self.sampled),
            ids,
        }
    }
}

/// The trace of a session, made by its first request.
#[derive(Debug)]
pub struct SessionTrace {
    id: String,
    span: u64,
    step: Option<u64>,
    is_sampled: bool,
    baggage: String,
    ids: Stream,
}

impl SessionTrace {
    /// The next request is of another step, or of none.
    pub(super) fn end_step(&mut self) {
        self.step = None;
    }

    /// The span of the session; none where the target is not asked to sample it.
    pub(super) fn session_span(&self) -> Option<SpanIds> {
        self.is_sampled.then(|| SpanIds {
            trace: self.id.clone(),
            span: self.span,
            parent: None,
        })
    }

    /// The span of the step that ends, also of one without a request.
    pub(super) fn step_span(&mut self) -> Option<SpanIds> {
        let ids = &mut self.ids;
        self.is_sampled.then(|| SpanIds {
            trace: self.id.clone(),
            span: *self.step.get_or_insert_with(|| word(ids)),
            parent: Some(self.span),
        })
    }

    /// The span of a request with these fields, unless its script made it one of another trace.
    pub(super) fn span_of(&self, headers: &Headers) -> Option<SpanIds> {
        let parent = headers.get_str(TRACEPARENT)?;
        let (trace, _) = parse(parent)?;
        let span = u64::from_str_radix(parent.split('-').nth(2)?, 16).ok()?;
        (self.is_sampled && trace == self.id).then(|| SpanIds {
            trace: self.id.clone(),
            span,
            parent: Some(self.step.unwrap_or(self.span)),
        })
    }

    /// Gives a request that is about to leave a span of its own. `own` are the fields of its script, whose `traceparent`
    /// and `baggage` stay as they are.
    pub(super) fn stamp(&mut self, is_of_step: bool, own: &Headers, headers: &mut Headers) {
        if !own.is_settled(TRACEPARENT) {
            let span = word(&mut self.ids);
            let mut state = format!("throng=session:{:016x}", self.span);
            if is_of_step {
                let ids = &mut self.ids;
                let step = *self.step.get_or_insert_with(|| word(ids));
                let _ = write!(state, ";step:{step:016x}");
            }
            let flags = u8::from(self.is_sampled);
            let parent = format!("00-{}-{span:016x}-{flags:02x}", self.id);
            replace(headers, TRACEPARENT, &parent);
            replace(headers, TRACESTATE, &state);
        }
        if !own.is_settled(BAGGAGE) {
            replace(headers, BAGGAGE, &self.baggage);
        }
    }
}

/// The trace of a request with these fields, also of one whose script made the `traceparent`. There is nothing to be seen of
/// one that is not sampled: it has no URL.
pub(super) fn trace_of(context: Option<&TraceContext>, headers: &Headers) -> Option<Trace> {
    let (id, is_sampled) = parse(headers.get_str(TRACEPARENT)?)?;
    let url = context.and_then(|context| context.url.as_ref());
    Some(Trace {
        id: id.to_owned(),
        is_sampled,
        url: url
            .filter(|_| is_sampled)
            .map(|url| url.replace(PLACEHOLDER, id)),
    })
}

/// The trace id of a request with these fields, in a run that is traced.
pub(super) fn id_of(context: Option<&TraceContext>, headers: &Headers) -> Option<Box<str>> {
    context?;
    let (id, _) = parse(headers.get_str(TRACEPARENT)?)?;
    Some(id.into())
}

/// The trace id of a `traceparent` and whether it is sampled, if it has an id that is valid.
fn parse(parent: &str) -> Option<(&str, bool)> {
    let mut parts = parent.split('-');
    let (version, id) = (parts.next()?, parts.next()?);
    // After the id of the span.
    let flags = parts.nth(1).and_then(|flags| flags.get(..2));
    let flags = flags.and_then(|flags| u8::from_str_radix(flags, 16).ok());
    let is_sampled = flags.is_some_and(|flags| flags & 1 == 1);
    let is_hex = |text: &str| {
        text.bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    let is_valid = version.len() == 2 && id.len() == 32 && is_hex(version) && is_hex(id);
    (is_valid && id.bytes().any(|byte| byte != b'0')).then_some((id, is_sampled))
}

fn replace(headers: &mut Headers, name: &str, value: &str) {
    headers.remove(name);
    // Digits, letters and signs that a field can have.
    let _ = headers.push(name, value);
}

/// A word of an id, which is never all zeros.
fn word(stream: &mut Stream) -> u64 {
    stream.word().max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trace_id_is_read_from_what_is_valid_alone() {
        let id = "4bf92f3577b34da6a3ce929d0e0e4736";
        for (rest, is_sampled) in [
            ("01", true),
            ("03-what", true),
            ("00", false),
            ("zz", false),
        ] {
            let parent = format!("cc-{id}-00f067aa0ba902b7-{rest}");
            assert_eq!(parse(&parent), Some((id, is_sampled)), "{parent}");
        }
        for wrong in [
            "",
            "00",
            "00-4bf9-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "0-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        ] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn runs_have_keys_of_their_own() {
        let key = |run: &str| TraceContext::new(run, 1.0, None).key;
        assert_eq!(key("1a2b3c4d"), key("1a2b3c4d"));
        assert_ne!(key("1a2b3c4d"), key("1a2b3c4e"));
    }
}
