//! Values of answers that later requests send.
//!
//! In: what was recorded, and the requests made of it. Out: variables in their place, and where each comes from. Must
//! never know which format the recording has.

mod known;
mod texts;

use std::collections::HashMap;

use super::exchange::Exchange;
use super::name::Names;
use super::{Body, Extraction, Name, Request, Value};
use known::Known;

/// Makes variables of the values that an answer had first and a later request sent: by JSON path, by header, between two
/// texts, or by a pattern, as k6 Studio has it.
///
/// `requests` are those of the exchanges; none where one is made otherwise.
pub fn correlate(exchanges: &[&Exchange], requests: &mut [Option<Request>], names: &mut Names) {
    let known = Known::of(exchanges);
    // A value of an answer to what is no request of the script cannot be taken from there.
    let has_request: Vec<bool> = requests.iter().map(Option::is_some).collect();
    let mut found: HashMap<String, Option<(usize, Name)>> = HashMap::new();
    let mut extractions: Vec<(usize, Extraction)> = Vec::new();
    for (place, request) in requests.iter_mut().enumerate() {
        let Some(request) = request.as_mut() else {
            continue;
        };
        let mut look = |text: &str, hint: &str| -> Option<Name> {
            let source = found.entry(text.to_owned()).or_insert_with(|| {
                let source = known.source(text, hint, place, exchanges);
                let (from, at, suggestion) = source.filter(|(from, ..)| has_request[*from])?;
                let name = names.take(&Name::of(&suggestion, "value"));
                let extraction = Extraction {
                    variable: name.clone(),
                    place: at,
                    required: true,
                };
                extractions.push((from, extraction));
                Some((from, name))
            });
            source
                .as_ref()
                .filter(|(from, _)| *from < place)
                .map(|(_, name)| name.clone())
        };
        replace(request, &mut look);
    }
    for (place, extraction) in extractions {
        if let Some(request) = requests[place].as_mut() {
            request.extract.push(extraction);
        }
    }
}

/// Puts variables in the place of values.
fn replace(request: &mut Request, look: &mut impl FnMut(&str, &str) -> Option<Name>) {
    path(request, look);
    for (name, value) in request.query.iter_mut().chain(&mut request.headers) {
        scalar(value, name, look);
    }
    match &mut request.body {
        Body::Json(value) => tree(value, "", look),
        Body::Form(fields) => {
            for (name, value) in fields {
                scalar(value, name, look);
            }
        }
        Body::Multipart(parts) => {
            for part in parts {
                scalar(&mut part.content, &part.name, look);
            }
        }
        Body::None | Body::Raw(_) => {}
    }
}

/// Segments of the path: `/users/42` becomes `/users/{user_id}`.
fn path(request: &mut Request, look: &mut impl FnMut(&str, &str) -> Option<Name>) {
    let (before, path) = match request.path.find("://") {
        Some(scheme) => {
            let from = request.path[scheme + 3..]
                .find('/')
                .map(|at| scheme + 3 + at);
            request.path.split_at(from.unwrap_or(request.path.len()))
        }
        None => ("", request.path.as_str()),
    };
    let mut segments: Vec<String> = Vec::new();
    let mut params = Vec::new();
    let mut parent = String::new();
    for segment in path.split('/') {
        let decoded = percent_encoding::percent_decode_str(segment).decode_utf8_lossy();
        let hint = format!("{}_id", parent.trim_end_matches('s'));
        let is_param = segment.starts_with('{');
        match (!segment.is_empty() && !is_param)
            .then(|| look(&decoded, &hint))
            .flatten()
        {
            Some(name) => {
                if !params.iter().any(|(other, _)| other == name.as_str()) {
                    params.push((name.to_string(), Value::State(name.clone())));
                }
                segments.push(format!("{{{name}}}"));
            }
            None => {
                parent = segment.to_owned();
                segments.push(segment.to_owned());
            }
        }
    }
    if !params.is_empty() {
        request.path = format!("{before}{}", segments.join("/"));
        request.params.extend(params);
    }
}

fn tree(value: &mut Value, hint: &str, look: &mut impl FnMut(&str, &str) -> Option<Name>) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                tree(value, key, look);
            }
        }
        Value::List(items) => {
            for item in items {
                tree(item, hint, look);
            }
        }
        _ => scalar(value, hint, look),
    }
}

fn scalar(value: &mut Value, hint: &str, look: &mut impl FnMut(&str, &str) -> Option<Name>) {
    let text = match value {
        Value::Text(text) => text.clone(),
        Value::Integer(number) => number.to_string(),
        _ => return,
    };
    if let Some(name) = look(&text, hint) {
        *value = Value::State(name);
        return;
    }
    // `Token abc`: what comes after a word.
    if let Some((word, rest)) = text.split_once(' ')
        && word.bytes().all(|byte| byte.is_ascii_alphabetic())
        && let Some(name) = look(rest, hint)
    {
        *value = Value::Joined(vec![Value::text(format!("{word} ")), Value::State(name)]);
    }
}
