//! The log of single requests: lines for `--verbose`, headers and bodies for `--debug`, examples of failures.

use std::fmt::Write;

use crate::http::{Headers, Request, Response, Timings};
use crate::metrics::{Example, Origin, Outcome, Trace};
use crate::secrets::{MASK, Masker};
use crate::text;

use super::masking::{mask_body, mask_header, mask_url};
use super::requester::Requester;
use super::shared_context::LogDetail;
use super::trace_context::trace_of;

/// How much of a body is shown.
const BODY_SHOWN: usize = 2_000;
/// How much of a body is kept as the example of a failure.
const EXAMPLE_BODY: usize = 160;

/// How much of a body is kept with the request and the response of a failure.
const EXAMPLE_PART: usize = 1_000;

/// Whether anything is said of single requests.
pub fn wanted(user: &Requester) -> bool {
    user.shared.run.log != LogDetail::Nothing
}

/// Logs a response. In a log of JSON the figures are fields of their own, times in seconds.
pub fn response(user: &Requester, request: &Request, response: &Response, outcome: Outcome) {
    let (who, method, url) = (who(user), &request.method, mask_url(&request.url()));
    let (status, outcome) = (response.status, outcome.as_str());
    let service = response.timings.service().as_secs_f64();
    let mut lines = String::new();
    if user.shared.run.log == LogDetail::Everything {
        sent(&mut lines, user, request, "> ", BODY_SHOWN);
        let secrets = &user.shared.run.secrets;
        part(
            &mut lines,
            secrets,
            "< ",
            BODY_SHOWN,
            &response.headers,
            &response.body,
        );
    }
    let (trace_id, trace) = traced(user, request);
    tracing::info!(
        target: "throng::request",
        user = who,
        method = method.as_str(),
        url = &*url,
        status,
        trace_id,
        seconds = service,
        outcome,
        lines = not_empty(&lines),
        "{who} {method} {url} -> {status} in {:.1} ms, {outcome}{trace}",
        service * 1e3,
    );
}

/// Logs that a script judges a response to be a failure.
pub fn judged(user: &Requester, request: &Request, response: &Response, why: &str) {
    let (who, method, url) = (who(user), &request.method, mask_url(&request.url()));
    let status = response.status;
    let outcome = Outcome::Unexpected.as_str();
    let (trace_id, trace) = traced(user, request);
    tracing::info!(
        target: "throng::request",
        user = who,
        method = method.as_str(),
        url = &*url,
        status,
        why,
        trace_id,
        outcome,
        "{who} {method} {url} -> {status} is judged by its script: {why}, {outcome}{trace}",
    );
}

/// Logs that there was no response, why, and after how long; `error` is the kind of the failure.
pub fn no_response(
    user: &Requester,
    request: &Request,
    why: &str,
    outcome: Outcome,
    error: Option<&str>,
    timings: &Timings,
) {
    let (who, method, url) = (who(user), &request.method, mask_url(&request.url()));
    let outcome = outcome.as_str();
    let mut lines = String::new();
    if user.shared.run.log == LogDetail::Everything {
        sent(&mut lines, user, request, "> ", BODY_SHOWN);
    }
    let (trace_id, trace) = traced(user, request);
    tracing::info!(
        target: "throng::request",
        user = who,
        method = method.as_str(),
        url = &*url,
        error,
        trace_id,
        seconds = timings.total().as_secs_f64(),
        outcome,
        lines = not_empty(&lines),
        "{who} {method} {url} -> {why}, {outcome}{trace}",
    );
}

fn not_empty(lines: &str) -> Option<&str> {
    let lines = lines.trim_start_matches('\n');
    (!lines.is_empty()).then_some(lines)
}

/// An undeclared status, as an example in the summary, with all of it for those who look closer.
pub fn refusal(user: &Requester, request: &Request, response: &Response) -> Example {
    let secrets = &user.shared.run.secrets;
    let body = mask_body(&response.body);
    let url = mask_url(&request.target);
    let mut text = format!("HTTP {}", response.status);
    part(
        &mut text,
        secrets,
        "",
        EXAMPLE_PART,
        &response.headers,
        &response.body,
    );
    Example {
        line: format!(
            "{} {url} -> {}: {}",
            request.method,
            response.status,
            shorten(&secrets.text(&body), EXAMPLE_BODY)
        ),
        request: asked(user, request),
        response: text,
        trace: trace(user, request),
        origin: origin(user),
    }
}

/// A network error, as an example in the summary.
pub fn failure(user: &Requester, request: &Request, message: &str) -> Example {
    Example {
        line: format!(
            "{} {}: {message}",
            request.method,
            mask_url(&request.target)
        ),
        request: asked(user, request),
        response: String::new(),
        trace: trace(user, request),
        origin: origin(user),
    }
}

/// Who sent it. The place in its script is that of the call under way.
fn origin(user: &Requester) -> Origin {
    let step = user.session.step.borrow();
    Origin {
        user: person(user),
        step: step.as_ref().map(|name| name.to_string()),
        place: user.shared.place_in_script.get().and_then(|place| place()),
    }
}

fn trace(user: &Requester, request: &Request) -> Option<Trace> {
    trace_of(user.shared.run.trace.as_deref(), &request.headers)
}

/// The trace id for an entry of the log: as its field, and as the end of its line.
fn traced(user: &Requester, request: &Request) -> (Option<String>, String) {
    let id = trace(user, request).map(|trace| trace.id);
    let words = id.as_ref().map(|id| format!(", trace {id}"));
    (id, words.unwrap_or_default())
}

/// What was sent, line by line.
fn asked(user: &Requester, request: &Request) -> String {
    let mut text = format!("{} {}", request.method, mask_url(&request.url()));
    sent(&mut text, user, request, "", EXAMPLE_PART);
    text
}

/// The user, its session and its step.
fn who(user: &Requester) -> String {
    let step = user.session.step.borrow();
    match &*step {
        Some(name) if user.session.number.get() > 0 => format!("{} {name}", person(user)),
        _ => person(user),
    }
}

/// The user and its session.
fn person(user: &Requester) -> String {
    let kind = user.shared.name(user.kind.get());
    match user.session.number.get() {
        // Nobody of the crowd: setup, teardown or clean-up.
        0 => kind.to_string(),
        session => format!("{kind} #{} session {session}", user.number),
    }
}

/// The request; the fields that carry the user's secrets are masked whatever their names.
fn sent(text: &mut String, user: &Requester, request: &Request, begin: &str, limit: usize) {
    let headers = headers_sent(user, request);
    let secrets = &user.shared.run.secrets;
    part(text, secrets, begin, limit, &headers, &request.body);
}

/// The fields that are sent; those that carry the user's secrets are masked whatever their names.
fn headers_sent(user: &Requester, request: &Request) -> Headers {
    let mut headers = request.headers.clone();
    for (name, value) in request.defaults() {
        let _ = headers.push(name, value);
    }
    for name in user.tokens.borrow().fields() {
        if headers.remove(name) {
            let _ = headers.push(name, MASK);
        }
    }
    headers
}

/// A body as text, with secrets masked.
pub struct Part {
    pub text: String,
    /// How long all of it is.
    pub bytes: usize,
    /// Whether the text is its beginning only.
    pub is_cut: bool,
}

/// The fields and the body of a request.
pub fn parts_sent(
    user: &Requester,
    request: &Request,
    limit: usize,
) -> (Vec<(String, String)>, Part) {
    let headers = headers_sent(user, request);
    parts(&user.shared.run.secrets, &headers, &request.body, limit)
}

/// Fields and a body, of which so many bytes are kept.
pub fn parts(
    secrets: &Masker,
    headers: &Headers,
    body: &[u8],
    limit: usize,
) -> (Vec<(String, String)>, Part) {
    let fields = headers.iter().map(|(name, value)| {
        let value = mask_header(name, &String::from_utf8_lossy(value));
        (name.to_owned(), secrets.owned(value))
    });
    // Masked as a whole: half a secret would not be known again.
    let mut text = match body.is_empty() {
        true => String::new(),
        false => secrets.owned(mask_body(body)),
    };
    let is_cut = text.len() > limit;
    if is_cut {
        text.truncate(beginning(&text, limit).len());
    }
    let bytes = body.len();
    (
        fields.collect(),
        Part {
            text,
            bytes,
            is_cut,
        },
    )
}

fn part(
    text: &mut String,
    secrets: &Masker,
    begin: &str,
    limit: usize,
    headers: &Headers,
    body: &[u8],
) {
    for (name, value) in headers.iter() {
        let value = mask_header(name, &String::from_utf8_lossy(value));
        let _ = write!(text, "\n{begin}{name}: {value}");
    }
    if !body.is_empty() {
        // Masked as a whole: half a secret would not be known again.
        let body = mask_body(body);
        let body = secrets.text(&body);
        let shown = shorten(&body, limit);
        // Beside other lines of a log it is one; alone it keeps its own.
        let shown = match begin.is_empty() {
            true => shown.into(),
            false => text::line(&shown),
        };
        // As in HTTP, where it is not one of many lines.
        let gap = if begin.is_empty() { "\n" } else { "" };
        let _ = write!(text, "\n{gap}{begin}{shown}");
    }
}

fn shorten(text: &str, limit: usize) -> String {
    if text.len() <= limit {
        return text.to_owned();
    }
    format!("{}... ({} bytes)", beginning(text, limit), text.len())
}

/// At most so many bytes, whole letters.
fn beginning(text: &str, limit: usize) -> &str {
    let mut ends = (0..=limit.min(text.len())).rev();
    let end = ends.find(|at| text.is_char_boundary(*at));
    &text[..end.unwrap_or(0)]
}
