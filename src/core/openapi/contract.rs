//! The contract: which operation a request is, which items of the document it covers, and whether its answer is as described.

use serde_json::Value;

use super::document::{Document, Location, Operation};
use super::fault::Fault;
use super::items::{self, OperationItems};
use super::media_type;
use super::router::Router;
use super::validators::Validators;

/// Longest body that is checked against its schema, in bytes.
const MAX_CHECKED_BYTES: usize = 4 << 20;

/// Longest reason of a mismatch, in characters: it may show values of the answer.
const MAX_REASON: usize = 300;

/// A document with what is needed to tell what requests cover of it. Shared by all threads, and never changed.
#[derive(Debug)]
pub struct Contract {
    document: Document,
    items: Vec<OperationItems>,
    router: Router,
    /// The paths before those of the document, the longest first.
    base_paths: Vec<String>,
    validators: Option<Validators>,
    /// For each item the validator of its schema, where it is a media type of an answer.
    checks: Vec<Option<u32>>,
}

/// A request that was answered.
#[derive(Debug, Clone, Copy)]
pub struct Exchange<'a, H, C> {
    pub method: &'a str,
    /// Path and query as they were sent.
    pub target: &'a str,
    /// Finds a field of the request by its name.
    pub header: H,
    /// Whether a cookie of this name was sent.
    pub cookie: C,
    /// Whether a body was sent.
    pub has_body: bool,
    pub status: u16,
    /// `Content-Type` of the answer.
    pub response_type: Option<&'a str>,
    /// Decoded.
    pub response_body: &'a [u8],
}

/// What a request was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observation {
    /// The number of its operation.
    pub operation: u32,
    /// Whether the document describes the status of the answer.
    pub is_documented: bool,
    /// Whether the answer follows its schema; none: it was not checked.
    pub checked: Option<Result<(), Mismatch>>,
}

/// How an answer does not follow its schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// JSON pointer to the value.
    pub pointer: String,
    /// Why, in words; may have texts of the target.
    pub reason: String,
}

impl Contract {
    /// Of a document, for a target whose base URL has this path. The second value that is returned is what cannot be
    /// distinguished or checked.
    pub fn new(document: Document, base_path: &str, checks_answers: bool) -> (Self, Vec<Fault>) {
        let mut notes = Vec::new();
        let mut router = Router::default();
        for (number, operation) in (0..).zip(&document.operations) {
            if !router.add(&operation.method, &operation.path, number) {
                let words = format!(
                    "{operation} has the form of another path with this method, so requests count \
                     as that one"
                );
                let at = super::pointer::join("/paths", &operation.path);
                notes.push(Fault::of(at, words));
            }
        }
        let mut base_paths = document.base_paths.clone();
        base_paths.push(base_path.trim_end_matches('/').to_owned());
        base_paths.sort_by_key(|path| std::cmp::Reverse(path.len()));
        base_paths.dedup();
        let items = items::number(&document);
        let (validators, faults) = match checks_answers {
            true => Validators::new(&document),
            false => (None, Vec::new()),
        };
        notes.extend(faults);
        let checks = checks(&document, &items, validators.as_ref());
        let contract = Self {
            document,
            items,
            router,
            base_paths,
            validators,
            checks,
        };
        (contract, notes)
    }

    /// The document.
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// The items of each operation, in the document's order.
    pub fn items(&self) -> impl Iterator<Item = (&Operation, &OperationItems)> {
        self.document.operations.iter().zip(&self.items)
    }

    /// The operation that a request is, by its number.
    pub fn operation(&self, method: &str, path: &str) -> Option<u32> {
        let below = self
            .base_paths
            .iter()
            .filter_map(|base| path.strip_prefix(&**base));
        let mut below = below.filter(|rest| rest.is_empty() || rest.starts_with('/'));
        below.find_map(|rest| self.router.find(method, rest))
    }

    /// Tells what a request was, and each item that it covers; none: it is not in the document.
    pub fn observe<'v, H: Fn(&str) -> Option<&'v str>, C: Fn(&str) -> bool>(
        &self,
        exchange: &Exchange<'_, H, C>,
        mut covers: impl FnMut(u32),
    ) -> Option<Observation> {
        let (path, query) = match exchange.target.split_once('?') {
            Some((path, query)) => (path, query),
            None => (exchange.target, ""),
        };
        let number = self.operation(exchange.method, path)?;
        let (operation, items) = (
            &self.document.operations[number as usize],
            &self.items[number as usize],
        );
        covers(items.operation);
        for (item, parameter) in items.parameters.clone().zip(&operation.parameters) {
            let is_sent = match parameter.location {
                Location::Path => true,
                Location::Query => in_query(query, &parameter.name),
                Location::Header => (exchange.header)(&parameter.name).is_some(),
                Location::Cookie => {
                    let sent = (exchange.header)("cookie");
                    sent.is_some_and(|text| in_cookie(text, &parameter.name))
                        || (exchange.cookie)(&parameter.name)
                }
            };
            if is_sent {
                covers(item);
            }
        }
        if let Some(body) = operation.body.as_ref().filter(|_| exchange.has_body)
            && let Some(sent) = (exchange.header)("content-type")
            && let Some(at) = closest(body.content.iter().map(|one| &*one.media_type), sent)
        {
            covers(items.request_types.start + at as u32);
        }
        let mut observation = Observation {
            operation: number,
            is_documented: false,
            checked: None,
        };
        let responses = operation.responses.iter().enumerate();
        let fitting =
            responses.filter_map(|(at, one)| Some((one.status.fit(exchange.status)?, at)));
        let Some((_, response)) = fitting.max_by_key(|(fit, _)| *fit) else {
            return Some(observation);
        };
        observation.is_documented = true;
        covers(items.statuses.start + response as u32);
        let content = &operation.responses[response].content;
        if let Some(sent) = exchange.response_type
            && let Some(at) = closest(content.iter().map(|one| &*one.media_type), sent)
        {
            let item = items.response_type(operation, response, at);
            covers(item);
            observation.checked = self.check(item, sent, exchange.response_body);
        }
        Some(observation)
    }

    fn check(&self, item: u32, sent: &str, body: &[u8]) -> Option<Result<(), Mismatch>> {
        let validators = self.validators.as_ref()?;
        let number = self.checks.get(item as usize).copied().flatten()?;
        if !media_type::is_json(sent) || body.len() > MAX_CHECKED_BYTES {
            return None;
        }
        let judged = match serde_json::from_slice::<Value>(body) {
            Ok(value) => validators.judge(number, &value)?,
            Err(why) => Err((String::new(), format!("the body is not valid JSON: {why}"))),
        };
        Some(judged.map_err(|(pointer, reason)| Mismatch {
            pointer: without_places(&pointer),
            reason: shortened(reason),
        }))
    }
}

fn checks(
    document: &Document,
    items: &[OperationItems],
    validators: Option<&Validators>,
) -> Vec<Option<u32>> {
    let Some(validators) = validators else {
        return Vec::new();
    };
    let most = items.last().map_or(0, |last| last.response_types.end);
    let mut checks = vec![None; most as usize];
    for (operation, items) in document.operations.iter().zip(items) {
        let contents = operation.responses.iter().flat_map(|one| &one.content);
        for (item, content) in items.response_types.clone().zip(contents) {
            if media_type::is_json(&content.media_type) {
                let pointer = content.schema.as_deref();
                checks[item as usize] = pointer.and_then(|pointer| validators.number(pointer));
            }
        }
    }
    checks
}

/// Which of these ranges names a media type most closely.
fn closest<'a>(ranges: impl Iterator<Item = &'a str>, sent: &str) -> Option<usize> {
    let fitting = ranges.enumerate();
    let fitting = fitting.filter_map(|(at, range)| Some((media_type::fit(range, sent)?, at)));
    fitting.max_by_key(|(fit, _)| *fit).map(|(_, at)| at)
}

/// Whether a query has a parameter; one that is an object or an array has names such as `filter[a]`.
fn in_query(query: &str, name: &str) -> bool {
    let is_it = |sent: &str| {
        sent.strip_prefix(name)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('['))
    };
    query.split('&').any(|pair| {
        let sent = pair.split('=').next().unwrap_or_default();
        if !sent.contains(['%', '+']) {
            return is_it(sent);
        }
        let sent = sent.replace('+', " ");
        let decoded = percent_encoding::percent_decode_str(&sent).decode_utf8_lossy();
        is_it(&decoded)
    })
}

fn in_cookie(text: &str, name: &str) -> bool {
    text.split(';').any(|pair| {
        let sent = pair.split('=').next().unwrap_or_default();
        sent.trim() == name
    })
}

fn shortened(mut reason: String) -> String {
    if let Some((at, _)) = reason.char_indices().nth(MAX_REASON) {
        reason.truncate(at);
        reason.push_str(" ...");
    }
    reason
}

/// A pointer with `-` for the places in lists: the same mismatch in two items is one.
fn without_places(pointer: &str) -> String {
    let tokens = pointer.split('/').map(|token| {
        let is_place = !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_digit());
        if is_place { "-" } else { token }
    });
    tokens.collect::<Vec<_>>().join("/")
}
