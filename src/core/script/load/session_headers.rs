//! `headers` of a behaviour: a table, checked when the script loads, or a function that gives one for each session.

use std::rc::Rc;

use mlua::{Function, Table, Value};

use super::values::show;
use crate::http::Headers;
use crate::script::api::argument;
use crate::script::api::http::set_headers;
use crate::secrets::{is_secret_field, remember_for_good};

/// Bytes of all lines: servers refuse heads beyond 8 KiB (nginx, Apache) to 16 KiB (Node), the other lines included.
const MOST_BYTES: usize = 8 * 1024;

/// Fields that no session can have, and why.
const REFUSED: [(&[&str], &str); 5] = [
    (
        &["host"],
        "it names the target, which is --base-url; write the host into that, or into the path of a \
         request",
    ),
    (
        &["content-length", "transfer-encoding", "expect", "trailer"],
        "it frames one message, and throng writes it",
    ),
    (
        &[
            "connection",
            "keep-alive",
            "proxy-connection",
            "te",
            "upgrade",
            "proxy-authorization",
        ],
        "it is about the connection (RFC 9110, 7.6.1), which throng keeps",
    ),
    (
        &["content-type", "content-encoding", "content-language"],
        "it describes the body of one request; write it in the headers of that request",
    ),
    (
        &["cookie"],
        "the user's cookie jar writes it; call http.cookies.set in on_start",
    ),
];

/// Headers of every request of a session.
#[derive(Clone)]
pub enum SessionHeaders {
    /// The same in each session.
    Fixed(Rc<Headers>),
    /// Returned by a function of the script at the begin of each.
    Ask(Function),
}

impl SessionHeaders {
    /// Reads the value of the key `headers`.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn from_lua(value: &Value) -> Result<Option<Self>, String> {
        match value {
            Value::Nil => Ok(None),
            Value::Function(function) => Ok(Some(Self::Ask(function.clone()))),
            Value::Table(table) => {
                read(table, remember_for_good).map(|headers| Some(Self::Fixed(headers)))
            }
            other => Err(format!(
                "headers is {}; it takes a table such as {{ [\"Accept-Language\"] = \"pt-BR\" }}, or a \
                 function that returns one",
                show(other)
            )),
        }
    }
}

/// Reads a table of headers, names as a call's `headers` has them; their secrets are remembered in this way.
///
/// # Errors
/// Names the field that is none, or that no session can have.
pub fn read(table: &Table, remember: fn(&str)) -> Result<Rc<Headers>, String> {
    let mut headers = Headers::new();
    set_headers(&mut headers, table, "headers").map_err(|why| argument::words(&why))?;
    for (names, why) in REFUSED {
        let settled = names.iter().find(|name| headers.is_settled(name));
        if let Some(name) = settled {
            return Err(format!(
                "headers has {}, which a session cannot have: {why}",
                canonical(name)
            ));
        }
    }
    let bytes = headers
        .iter()
        .map(|(name, value)| name.len() + value.len() + 4)
        .sum::<usize>();
    if bytes > MOST_BYTES {
        return Err(format!(
            "headers has {bytes} bytes; a session has at most {MOST_BYTES}, as servers refuse longer \
             heads"
        ));
    }
    for (name, value) in &headers {
        if is_secret_field(name) {
            let value = String::from_utf8_lossy(value);
            remember(&value);
            // The target may say it without the scheme: `Bearer`, `Basic`.
            if let Some((_, credentials)) = value.split_once(' ') {
                remember(credentials);
            }
        }
    }
    Ok(Rc::new(headers))
}

/// `content-type` as it is usually written.
fn canonical(name: &str) -> String {
    let words = name.split('-').map(|word| {
        let (first, rest) = word.split_at(1);
        first.to_ascii_uppercase() + rest
    });
    words.collect::<Vec<_>>().join("-")
}
