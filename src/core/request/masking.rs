//! Masks fields by their names: tokens, passwords, cookies. Values that are known to be secret are
//! masked wherever they stand: see [`crate::secrets`].

use serde_json::Value;

use crate::secrets::{MASK, is_secret_field as is_secret};

/// Headers whose values are secrets.
const HEADERS: [&str; 4] = [
    "authorization",
    "proxy-authorization",
    "cookie",
    "set-cookie",
];

/// A header's value, or the mask; the scheme of an `Authorization` stays readable.
pub fn mask_header(name: &str, value: &str) -> String {
    let name = name.to_ascii_lowercase();
    if name == "location" || name == "referer" {
        return mask_url(value);
    }
    if !HEADERS.contains(&name.as_str()) && !is_secret(&name) {
        return value.to_owned();
    }
    match value.split_once(' ') {
        Some((scheme @ ("Bearer" | "Basic" | "Digest"), _)) => format!("{scheme} {MASK}"),
        _ => MASK.to_owned(),
    }
}

/// A body as text: in JSON and forms the values of secret fields are masked, bytes that are no text are counted only.
pub fn mask_body(body: &[u8]) -> String {
    let Ok(text) = std::str::from_utf8(body) else {
        return format!("({} bytes)", body.len());
    };
    if let Ok(mut json) = serde_json::from_str::<Value>(text) {
        mask_json(&mut json);
        return json.to_string();
    }
    if text.starts_with("--") && text.contains("name=\"") {
        return mask_parts(text);
    }
    mask_pairs(text)
}

/// A URL with the secret values of its query masked.
pub fn mask_url(url: &str) -> String {
    match url.split_once('?') {
        Some((path, query)) => format!("{path}?{}", mask_pairs(query)),
        None => url.to_owned(),
    }
}

fn mask_json(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                // Also what is inside: `"tokens": { "access": ... }`.
                if is_secret(name) && !field.is_null() {
                    *field = Value::from(MASK);
                } else {
                    mask_json(field);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(mask_json),
        _ => {}
    }
}

/// The parts of a multipart body: what is inside a secret one is masked.
fn mask_parts(text: &str) -> String {
    let boundary = text.lines().next().unwrap_or_default();
    let masked = text.split(boundary).map(|part| {
        let name = part
            .split_once("name=\"")
            .and_then(|(_, rest)| rest.split_once('"'))
            .map(|(name, _)| name);
        match (name, part.split_once("\r\n\r\n")) {
            (Some(name), Some((head, _))) if is_secret(name) => {
                format!("{head}\r\n\r\n{MASK}\r\n")
            }
            _ => part.to_owned(),
        }
    });
    masked.collect::<Vec<_>>().join(boundary)
}

fn mask_pairs(text: &str) -> String {
    if !text.contains('=') {
        return text.to_owned();
    }
    let masked = text.split('&').map(|pair| match pair.split_once('=') {
        Some((name, _)) if is_secret(name) => format!("{name}={MASK}"),
        _ => pair.to_owned(),
    });
    masked.collect::<Vec<_>>().join("&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_masked_wherever_they_stand() {
        assert_eq!(mask_header("Authorization", "Bearer abc"), "Bearer ***");
        assert_eq!(mask_header("Accept", "text/html"), "text/html");
        assert_eq!(
            mask_body(br#"{"a":[{"newPassword":"x","token_type":"Bearer"}]}"#),
            r#"{"a":[{"newPassword":"***","token_type":"Bearer"}]}"#
        );
        assert_eq!(mask_body(b"user=a&password=b"), "user=a&password=***");
        assert_eq!(mask_url("/x?access_token=1&q=2"), "/x?access_token=***&q=2");
    }
}
