use super::kinds;
use crate::import::exchange::{Exchange, SentBody, is_json};
use crate::import::{Body, Part, Request, Value};

/// Headers that the client sets itself, that hold for the whole session, or that are about one connection.
const OWN: [&str; 24] = [
    "accept-encoding",
    "accept-language",
    "authorization",
    "cache-control",
    "connection",
    "content-length",
    "content-type",
    "cookie",
    "dnt",
    "expect",
    "host",
    "if-modified-since",
    "if-none-match",
    "keep-alive",
    "origin",
    "pragma",
    "priority",
    "proxy-connection",
    "referer",
    "te",
    "transfer-encoding",
    "upgrade",
    "upgrade-insecure-requests",
    "user-agent",
];

/// The request of an exchange as it was recorded.
pub(super) fn request(exchange: &Exchange, base_url: &str) -> Request {
    let is_home = exchange.origin() == base_url;
    let path = exchange.url.path();
    let path = escape_braces(path);
    let path = match is_home {
        true => path,
        false => format!("{}{path}", exchange.origin()),
    };
    let mut request = Request::new(&exchange.method, path);
    let query = exchange.url.query_pairs();
    request.query = query
        .map(|(name, value)| (name.into_owned(), Value::text(value)))
        .collect();
    request.headers = headers(exchange);
    if let Some(body) = &exchange.body {
        set_body(body, &mut request);
    }
    if kinds::is_page(exchange) && exchange.status < 400 {
        request.page = Some(Vec::new());
    }
    if exchange.status >= 400 {
        request.expect = vec![exchange.status];
        let status = exchange.status;
        let words =
            format!("The recording has the status {status}: remove expect if it was a fault.");
        request.comments.push(words);
    }
    if !is_home {
        let host = exchange.url.host_str().unwrap_or_default();
        request.comments.push(format!(
            "Another host than the base URL's: run with --allow-host {host}."
        ));
    }
    request
}

/// Braces of a path would be read as parameters.
fn escape_braces(path: &str) -> String {
    path.replace('{', "%7B").replace('}', "%7D")
}

fn headers(exchange: &Exchange) -> Vec<(String, Value)> {
    let is_sent = |name: &str, value: &str| {
        let name = name.to_ascii_lowercase();
        let is_default = name == "accept" && (value == "*/*" || value.starts_with("text/html"));
        !name.starts_with(':')
            && !name.starts_with("sec-")
            && !name.starts_with("proxy-")
            && !OWN.contains(&&*name)
            && !is_default
    };
    let sent = exchange
        .headers
        .iter()
        .filter(|(name, value)| is_header(name, value) && is_sent(name, value));
    sent.map(|(name, value)| (name.clone(), Value::text(value)))
        .collect()
}

/// Whether a header can be sent at all.
fn is_header(name: &str, value: &str) -> bool {
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !name.is_empty()
        && name.bytes().all(is_token)
        && !value.bytes().any(|byte| matches!(byte, b'\r' | b'\n' | 0))
}

fn set_body(body: &SentBody, request: &mut Request) {
    let kind = body.content_type.split(';').next().unwrap_or_default();
    let kind = kind.trim().to_ascii_lowercase();
    if kind == "application/x-www-form-urlencoded" {
        let fields: Vec<(String, String)> = match body.fields.is_empty() {
            false => body
                .fields
                .iter()
                .map(|field| (field.name.clone(), field.value.clone()))
                .collect(),
            true => url::form_urlencoded::parse(&body.bytes)
                .into_owned()
                .collect(),
        };
        let fields = fields.into_iter();
        request.body = Body::Form(
            fields
                .map(|(name, value)| (name, Value::text(value)))
                .collect(),
        );
        return;
    }
    if kind == "multipart/form-data" && !body.fields.is_empty() {
        let part = |field: &crate::import::exchange::SentField| Part {
            name: field.name.clone(),
            content: Value::text(&field.value),
            filename: field.filename.clone(),
            content_type: field.content_type.clone(),
        };
        request.body = Body::Multipart(body.fields.iter().map(part).collect());
        if body.fields.iter().any(|field| field.filename.is_some()) {
            let words = "Recordings often lack what files hold: see that the content is right.";
            request.comments.push(words.to_owned());
        }
        return;
    }
    if is_json(&kind)
        && let Ok(json) = serde_json::from_slice::<serde_json::Value>(&body.bytes)
        && let Some(value) = Value::of_json(&json)
    {
        if kind != "application/json" {
            request
                .headers
                .push(("Content-Type".to_owned(), Value::text(&body.content_type)));
        }
        request.body = Body::Json(value);
        return;
    }
    if is_header("Content-Type", &body.content_type) && !body.content_type.is_empty() {
        let content_type = match kind.as_str() {
            // Its boundary is in the body, as it was recorded.
            "multipart/form-data" => body.content_type.clone(),
            _ => body.content_type.clone(),
        };
        request
            .headers
            .push(("Content-Type".to_owned(), Value::text(content_type)));
    }
    request.body = Body::Raw(match String::from_utf8(body.bytes.clone()) {
        Ok(text) => Value::Text(text),
        Err(bytes) => Value::Bytes(bytes.into_bytes()),
    });
}
