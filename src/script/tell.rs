//! What is said of single requests: lines for `--verbose`, headers and bodies for `--debug`, examples of failures.

use std::fmt::Write;

use crate::http::{Headers, Request, Response};
use crate::metrics::{Example, Outcome};
use crate::secrets::{MASK, Masker};

use super::context::User;
use super::secrets::{mask_body, mask_header, mask_url};
use super::world::Tell;

/// How much of a body is shown.
const BODY_SHOWN: usize = 2_000;
/// How much of a body is kept as the example of a failure.
const EXAMPLE_BODY: usize = 160;

/// How much of a body is kept with the request and the answer of a failure.
const EXAMPLE_PART: usize = 1_000;

/// Whether anything is said of single requests.
pub fn wanted(user: &User) -> bool {
    user.world.terms.tell != Tell::Nothing
}

/// Says that an answer came.
pub fn answer(user: &User, request: &Request, response: &Response, outcome: Outcome) {
    let mut text = format!(
        "{} {} {} -> {} in {:.1} ms, {}",
        who(user),
        request.method,
        mask_url(&request.url()),
        response.status,
        response.timings.service().as_secs_f64() * 1e3,
        outcome.as_str()
    );
    if user.world.terms.tell == Tell::Everything {
        sent(&mut text, user, request, "  > ", BODY_SHOWN);
        let secrets = &user.world.terms.secrets;
        part(
            &mut text,
            secrets,
            "  < ",
            BODY_SHOWN,
            &response.headers,
            &response.body,
        );
    }
    tracing::info!(target: "throng::request", "{text}");
}

/// Says that no answer came, and why.
pub fn no_answer(user: &User, request: &Request, why: &str, outcome: Outcome) {
    let url = mask_url(&request.url());
    let mut text = format!(
        "{} {} {url} -> {why}, {}",
        who(user),
        request.method,
        outcome.as_str()
    );
    if user.world.terms.tell == Tell::Everything {
        sent(&mut text, user, request, "  > ", BODY_SHOWN);
    }
    tracing::info!(target: "throng::request", "{text}");
}

/// An undeclared status, as an example in the summary, with all of it for those who look closer.
pub fn refusal(user: &User, request: &Request, response: &Response) -> Example {
    let secrets = &user.world.terms.secrets;
    let body = mask_body(&response.body);
    let url = mask_url(&request.target);
    let mut answer = format!("HTTP {}", response.status);
    part(
        &mut answer,
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
        answer,
    }
}

/// A network error, as an example in the summary.
pub fn failure(user: &User, request: &Request, message: &str) -> Example {
    Example {
        line: format!(
            "{} {}: {message}",
            request.method,
            mask_url(&request.target)
        ),
        request: asked(user, request),
        answer: String::new(),
    }
}

/// What was sent, line by line.
fn asked(user: &User, request: &Request) -> String {
    let mut text = format!("{} {}", request.method, mask_url(&request.url()));
    sent(&mut text, user, request, "", EXAMPLE_PART);
    text
}

fn who(user: &User) -> String {
    let kind = user.world.name(user.kind.get());
    if user.session.get() == 0 {
        // Nobody of the crowd: setup, teardown or clean-up.
        return kind.to_string();
    }
    let step = user.step.borrow();
    let step = step
        .as_ref()
        .map_or_else(String::new, |name| format!(" {name}"));
    format!(
        "{kind} #{} session {}{step}",
        user.number,
        user.session.get()
    )
}

/// The request; the field that carries the user's secret is masked whatever its name.
fn sent(text: &mut String, user: &User, request: &Request, begin: &str, limit: usize) {
    let mut headers = request.headers.clone();
    let own = user.login.borrow().field().map(str::to_owned);
    if let Some(name) = own.filter(|name| !name.eq_ignore_ascii_case("authorization"))
        && headers.remove(&name)
    {
        let _ = headers.push(&name, MASK);
    }
    let secrets = &user.world.terms.secrets;
    part(text, secrets, begin, limit, &headers, &request.body);
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
        let _ = write!(text, "\n{begin}{}", shorten(&body, limit));
    }
}

fn shorten(text: &str, limit: usize) -> String {
    if text.len() <= limit {
        return text.to_owned();
    }
    let end = (0..=limit)
        .rev()
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(0);
    format!("{}... ({} bytes)", &text[..end], text.len())
}
