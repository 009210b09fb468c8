//! The body of a request: JSON or form.

use bytes::Bytes;
use mlua::{Table, Value};
use url::form_urlencoded::byte_serialize;

use super::values::pairs;
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
    let mut body = String::new();
    for (name, value) in pairs(fields, "form")? {
        if !body.is_empty() {
            body.push('&');
        }
        body.extend(byte_serialize(&name));
        body.push('=');
        body.extend(byte_serialize(&value));
    }
    Ok((
        body.into(),
        Some("application/x-www-form-urlencoded".to_owned()),
    ))
}
