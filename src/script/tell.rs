//! What is said of single requests: lines for `--verbose`, headers and bodies for `--debug`, examples of failures.

use std::fmt::Write;

use crate::http::{Headers, Request, Response};
use crate::metrics::Outcome;
use crate::secrets::{MASK, Masker};

use super::context::User;
use super::secrets::{mask_body, mask_header, mask_url};
use super::world::Tell;

/// How much of a body is shown.
const BODY_SHOWN: usize = 2_000;
/// How much of a body is kept as the example of a failure.
const EXAMPLE_BODY: usize = 160;

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
        sent(&mut text, user, request);
        part(&mut text, user, '<', &response.headers, &response.body);
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
        sent(&mut text, user, request);
    }
    tracing::info!(target: "throng::request", "{text}");
}

/// An undeclared status, as an example in the summary.
pub fn refusal(secrets: &Masker, request: &Request, response: &Response) -> String {
    let body = mask_body(&response.body);
    let url = mask_url(&request.target);
    format!(
        "{} {url} -> {}: {}",
        request.method,
        response.status,
        shorten(&secrets.text(&body), EXAMPLE_BODY)
    )
}

/// A network error, as an example in the summary.
pub fn failure(request: &Request, message: &str) -> String {
    format!(
        "{} {}: {message}",
        request.method,
        mask_url(&request.target)
    )
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
fn sent(text: &mut String, user: &User, request: &Request) {
    let mut headers = request.headers.clone();
    let own = user.login.borrow().field().map(str::to_owned);
    if let Some(name) = own.filter(|name| !name.eq_ignore_ascii_case("authorization"))
        && headers.remove(&name)
    {
        let _ = headers.push(&name, MASK);
    }
    part(text, user, '>', &headers, &request.body);
}

fn part(text: &mut String, user: &User, arrow: char, headers: &Headers, body: &[u8]) {
    for (name, value) in headers.iter() {
        let value = mask_header(name, &String::from_utf8_lossy(value));
        let _ = write!(text, "\n  {arrow} {name}: {value}");
    }
    if !body.is_empty() {
        // Masked as a whole: half a secret would not be known again.
        let body = mask_body(body);
        let body = user.world.terms.secrets.text(&body);
        let _ = write!(text, "\n  {arrow} {}", shorten(&body, BODY_SHOWN));
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
