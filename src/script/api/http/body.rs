//! The body of a request: JSON, form, multipart or raw.

use bytes::Bytes;
use mlua::{Table, Value};

use super::target::{pairs, text};
use crate::script::api::json;

/// A body and its `Content-Type`, if the form of the body decides it.
pub type Body = (Bytes, Option<String>);

/// `json = value`.
///
/// # Errors
/// Names what cannot be JSON.
pub fn json(value: &Value) -> mlua::Result<Body> {
    Ok((
        json::to_bytes(value)?.into(),
        Some("application/json".to_owned()),
    ))
}

/// `form = { name = value }`, as application/x-www-form-urlencoded.
///
/// # Errors
/// Names a value that is no text.
pub fn form(fields: &Table) -> mlua::Result<Body> {
    let mut body = url::form_urlencoded::Serializer::new(String::new());
    body.extend_pairs(pairs(fields, "form")?);
    Ok((
        body.finish().into(),
        Some("application/x-www-form-urlencoded".to_owned()),
    ))
}

/// `multipart = { name = text | { content =, filename =, type = } }`, as multipart/form-data (RFC 7578).
///
/// # Errors
/// Names a part that has no content.
pub fn multipart(parts: &Table, boundary: &str) -> mlua::Result<Body> {
    let mut sorted = Vec::new();
    parts.for_each(|name: String, part: Value| {
        sorted.push((name, part));
        Ok(())
    })?;
    sorted.sort_by(|a, b| a.0.cmp(&b.0));
    let mut body = Vec::new();
    for (name, part) in sorted {
        body.extend_from_slice(
            format!(
                "--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"",
                quoted(&name)
            )
            .as_bytes(),
        );
        match &part {
            Value::Table(file) => {
                if let Some(filename) = file.get::<Option<String>>("filename")? {
                    body.extend_from_slice(
                        format!("; filename=\"{}\"", quoted(&filename)).as_bytes(),
                    );
                }
                if let Some(kind) = file.get::<Option<String>>("type")? {
                    body.extend_from_slice(
                        format!("\r\nContent-Type: {}", kind.replace(['\r', '\n'], " ")).as_bytes(),
                    );
                }
                let content = file
                    .get::<Option<mlua::LuaString>>("content")?
                    .ok_or_else(|| {
                        mlua::Error::runtime(format!(
                            "multipart.{name} has no content; write {{ content = \"...\" }}"
                        ))
                    })?;
                body.extend_from_slice(b"\r\n\r\n");
                body.extend_from_slice(&content.as_bytes());
            }
            Value::String(content) => {
                body.extend_from_slice(b"\r\n\r\n");
                body.extend_from_slice(&content.as_bytes());
            }
            other => {
                body.extend_from_slice(b"\r\n\r\n");
                body.extend_from_slice(text(other, &format!("multipart.{name}"))?.as_bytes());
            }
        }
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    Ok((
        body.into(),
        Some(format!("multipart/form-data; boundary={boundary}")),
    ))
}

/// As browsers do it (WHATWG HTML, "multipart/form-data encoding algorithm").
fn quoted(text: &str) -> String {
    text.replace('"', "%22")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}
