use serde_json::Value as Json;

use super::document::{BodyOf, Item, Pair, Url};
use super::variables::Variables;
use crate::import::{Body, Part, Request, Value};

/// Headers that the client sets itself, or that would carry another's secret.
const OWN: [&str; 6] = [
    "authorization",
    "content-length",
    "host",
    "connection",
    "cookie",
    "accept-encoding",
];

/// The request of an item; none where it has no URL that can be read.
pub(super) fn request(item: &Item, variables: &mut Variables) -> Option<Request> {
    let from = item.request.as_ref()?;
    let (raw, query, path_variables) = match from.url.as_ref()? {
        Url::Text(text) => (text.as_str(), Vec::new(), Vec::new()),
        Url::Parts(parts) => (
            parts.raw.as_str(),
            parts.query.clone(),
            parts.variable.clone(),
        ),
    };
    let (host, rest) = variables.split(raw);
    let rest = rest.split('#').next().unwrap_or_default();
    let (path, written) = rest.split_once('?').unwrap_or((rest, ""));
    let method = from.method.as_deref().unwrap_or("GET");
    let is_method = !method.is_empty()
        && method
            .bytes()
            .all(|byte| byte.is_ascii_alphabetic() || byte == b'-');
    let mut request = Request::new(if is_method { method } else { "GET" }, "/");
    request.path = template(path, &path_variables, &mut request.params, variables);
    if host != variables.base() {
        if url::Url::parse(&host).is_err() {
            return None;
        }
        request.path = format!("{host}{}", request.path);
        let words = format!("Another host than the base URL's: allow it by --allow-host ({host}).");
        request.comments.push(words);
    }
    let used = |pair: &&Pair| !pair.disabled && pair.key.is_some();
    request.query = match query.is_empty() {
        false => query
            .iter()
            .filter(used)
            .map(|pair| {
                (
                    pair.key.clone().unwrap_or_default(),
                    variables.value(&pair.text()),
                )
            })
            .collect(),
        true => url::form_urlencoded::parse(written.as_bytes())
            .map(|(name, value)| (name.into_owned(), variables.value(&value)))
            .collect(),
    };
    if let Json::Array(headers) = &from.header {
        for header in headers {
            let Ok(pair) = serde_json::from_value::<Pair>(header.clone()) else {
                continue;
            };
            let Some(name) = pair.key.clone().filter(|_| !pair.disabled) else {
                continue;
            };
            let is_token = !name.is_empty()
                && name
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"-_.!#$%&'*+^`|~".contains(&byte));
            let text = pair.text();
            let can_be_sent =
                is_token && !text.bytes().any(|byte| matches!(byte, b'\r' | b'\n' | 0));
            if can_be_sent && !OWN.contains(&&*name.to_ascii_lowercase()) {
                request.headers.push((name, variables.value(&text)));
            }
        }
    }
    if let Some(body) = &from.body {
        set_body(body, &mut request, variables);
    }
    Some(request)
}

/// The path with its variables as parameters: `/users/:id` and `/users/{{id}}` become `/users/{id}`.
fn template(
    path: &str,
    given: &[Pair],
    params: &mut Vec<(String, Value)>,
    variables: &mut Variables,
) -> String {
    let mut segments = Vec::new();
    for segment in path.split('/') {
        let own = segment.strip_prefix(':').filter(|name| !name.is_empty());
        if own.is_none() && !segment.contains("{{") {
            segments.push(segment.replace('{', "%7B").replace('}', "%7D"));
            continue;
        }
        let hint = own.unwrap_or_else(|| segment.trim_matches(['{', '}', ' ']));
        let name = crate::import::Name::of(hint, "part").to_string();
        let value = match own {
            Some(own) => {
                let pair = given.iter().find(|pair| pair.key.as_deref() == Some(own));
                let text = pair.map(Pair::text).unwrap_or_default();
                match text.is_empty() {
                    true => variables.value(&format!("{{{{{own}}}}}")),
                    false => variables.value(&text),
                }
            }
            None => variables.value(segment),
        };
        if !params.iter().any(|(other, _)| *other == name) {
            params.push((name.clone(), value));
        }
        segments.push(format!("{{{name}}}"));
    }
    let path = segments.join("/");
    match path.starts_with('/') {
        true => path,
        false => format!("/{path}"),
    }
}

fn set_body(body: &BodyOf, request: &mut Request, variables: &mut Variables) {
    let fields = |pairs: &[Pair], variables: &mut Variables| -> Vec<(String, Value)> {
        let used = pairs.iter().filter(|pair| !pair.disabled);
        used.filter_map(|pair| Some((pair.key.clone()?, variables.value(&pair.text()))))
            .collect()
    };
    match body.mode.as_deref() {
        Some("urlencoded") => request.body = Body::Form(fields(&body.urlencoded, variables)),
        Some("formdata") => {
            let used = body.formdata.iter().filter(|pair| !pair.disabled);
            let part = |pair: &Pair| {
                let is_file = pair.kind.as_deref() == Some("file");
                let filename = match &pair.src {
                    Json::String(path) if is_file => {
                        path.rsplit(['/', '\\']).next().map(str::to_owned)
                    }
                    _ => is_file.then(|| "file".to_owned()),
                };
                Some(Part {
                    name: pair.key.clone()?,
                    content: match is_file {
                        true => Value::text("the content of the file"),
                        false => variables.value(&pair.text()),
                    },
                    filename,
                    content_type: None,
                })
            };
            let parts: Vec<Part> = used.filter_map(part).collect();
            if parts.iter().any(|part| part.filename.is_some()) {
                let words = "A collection has no files: give the content.";
                request.comments.push(words.to_owned());
            }
            request.body = Body::Multipart(parts);
        }
        Some("graphql") => {
            let text = |name: &str| {
                body.graphql
                    .get(name)
                    .and_then(Json::as_str)
                    .unwrap_or_default()
            };
            let mut fields = vec![("query".to_owned(), Value::text(text("query")))];
            if let Ok(json) = serde_json::from_str::<Json>(text("variables"))
                && let Some(value) = Value::of_json(&json)
            {
                fields.push(("variables".to_owned(), value));
            }
            request.body = Body::Json(Value::Object(fields));
        }
        Some("raw") if !body.raw.trim().is_empty() => raw(body, request, variables),
        Some("file") => {
            request
                .comments
                .push("Its body is a file, which a collection does not have.".to_owned());
        }
        _ => {}
    }
}

fn raw(body: &BodyOf, request: &mut Request, variables: &mut Variables) {
    let language = body.options.pointer("/raw/language").and_then(Json::as_str);
    let is_json = language == Some("json") || body.raw.trim_start().starts_with(['{', '[']);
    // `{"id": {{id}}}` is JSON once the variable is a text.
    let quoted = quoted(&body.raw);
    let json = serde_json::from_str::<Json>(&quoted)
        .ok()
        .filter(|_| is_json);
    if let Some(value) = json.as_ref().and_then(Value::of_json) {
        request.body = Body::Json(filled(value, variables));
        let is_type = |name: &str| name.eq_ignore_ascii_case("content-type");
        let is_plain = |value: &Value| *value == Value::text("application/json");
        request
            .headers
            .retain(|(name, value)| !(is_type(name) && is_plain(value)));
        return;
    }
    request.body = Body::Raw(variables.value(&body.raw));
    let has_type = request
        .headers
        .iter()
        .any(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    if !has_type {
        let content_type = match language {
            Some("json") => "application/json",
            Some("xml") => "application/xml",
            Some("html") => "text/html",
            _ => "text/plain",
        };
        request
            .headers
            .push(("Content-Type".to_owned(), Value::text(content_type)));
    }
}

/// Variables outside of strings in quotes.
fn quoted(text: &str) -> String {
    let mut to = String::with_capacity(text.len());
    let (mut in_string, mut escaped) = (false, false);
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        if !in_string
            && rest.starts_with("{{")
            && let Some(end) = rest.find("}}")
            && rest[2..end]
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"_-.$ ".contains(&byte))
        {
            to.push_str(&format!("\"{}\"", &rest[..end + 2]));
            rest = &rest[end + 2..];
            continue;
        }
        match letter {
            '"' if !escaped => in_string = !in_string,
            _ => {}
        }
        escaped = letter == '\\' && !escaped;
        to.push(letter);
        rest = &rest[letter.len_utf8()..];
    }
    to
}

fn filled(value: Value, variables: &mut Variables) -> Value {
    match value {
        Value::Text(text) if text.contains("{{") => variables.value(&text),
        Value::List(items) => Value::List(
            items
                .into_iter()
                .map(|item| filled(item, variables))
                .collect(),
        ),
        Value::Object(fields) => {
            let fields = fields.into_iter();
            Value::Object(
                fields
                    .map(|(key, value)| (key, filled(value, variables)))
                    .collect(),
            )
        }
        other => other,
    }
}
