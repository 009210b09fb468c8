//! Ids: a text or a whole number of a response that can fill `{id}` in the path of a deletion, and nothing else.
//! `DELETE /things/null` would delete nothing, `DELETE /things/` perhaps everything.
//!
//! Answers are read without a detour over numbers of 64 bits, so that whole numbers of any length keep their digits.

use std::collections::HashMap;

use serde_json::value::RawValue;

use super::path_segment::{InvalidSegment, check_segment};

/// What stands where an id should, and is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoId {
    #[error("null")]
    Null,
    #[error("the text \"null\"")]
    NullText,
    #[error("a boolean")]
    Boolean,
    #[error("an object")]
    Object,
    #[error("a list")]
    List,
    #[error("a number that is not an integer")]
    Fraction,
    #[error("an empty text")]
    Empty,
    #[error("a text of whitespace")]
    Blank,
    #[error("a text that makes a dot segment")]
    Dots,
    #[error("a text that is not Unicode")]
    Text,
}

/// Why an answer gives no id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Missing {
    /// Nothing stands there, and why.
    Nothing(String),
    /// Something else stands there.
    Other(NoId),
}

/// The JSON text of an answer, whose parts are read where they are looked for.
///
/// # Errors
/// What is wrong with the text.
pub fn document(body: &[u8]) -> Result<&RawValue, String> {
    let text = std::str::from_utf8(body).map_err(|why| why.to_string())?;
    // A byte order mark is no part of the text (RFC 8259, 8.1).
    serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(|why| why.to_string())
}

/// The id in an answer.
///
/// # Errors
/// When nothing stands at the pointer (RFC 6901), or what is no id.
pub fn id_in(body: &[u8], pointer: &str) -> Result<String, Missing> {
    let document =
        document(body).map_err(|why| Missing::Nothing(format!("it is not valid JSON: {why}")))?;
    match at(document, pointer) {
        None => Err(Missing::Nothing(format!("it has nothing at {pointer}"))),
        Some(value) => id_of(value).map_err(Missing::Other),
    }
}

/// What a pointer (RFC 6901) leads to.
pub fn at<'a>(document: &'a RawValue, pointer: &str) -> Option<&'a RawValue> {
    let mut value = document;
    for token in pointer.split('/').skip(1) {
        value = match value.get().as_bytes().first()? {
            b'{' => {
                let fields: HashMap<String, &RawValue> = serde_json::from_str(value.get()).ok()?;
                let name = token.replace("~1", "/").replace("~0", "~");
                fields.get(&name).copied()?
            }
            b'[' => {
                let place: usize = token.parse().ok()?;
                items(value)?.get(place).copied()?
            }
            _ => return None,
        };
    }
    Some(value)
}

/// The items of a list; none: it is no list.
pub fn items(value: &RawValue) -> Option<Vec<&RawValue>> {
    serde_json::from_str(value.get()).ok()
}

/// The id that a value is.
///
/// # Errors
/// What it is instead.
pub fn id_of(value: &RawValue) -> Result<String, NoId> {
    let text = value.get();
    match text.as_bytes().first() {
        Some(b'"') => {
            let id: String = serde_json::from_str(text).map_err(|_| NoId::Text)?;
            check_id(&id).map(|()| id)
        }
        Some(b'{') => Err(NoId::Object),
        Some(b'[') => Err(NoId::List),
        Some(b't' | b'f') => Err(NoId::Boolean),
        Some(b'n') | None => Err(NoId::Null),
        Some(_) if text.contains(['.', 'e', 'E']) => Err(NoId::Fraction),
        Some(_) => Ok(text.to_owned()),
    }
}

/// Whether a text can be an id. Ledgers of older versions hold the JSON of whatever stood in an answer.
///
/// # Errors
/// What it is instead.
pub fn check_id(id: &str) -> Result<(), NoId> {
    let is = |open, close| {
        id.starts_with(open) && id.ends_with(close) && document(id.as_bytes()).is_ok()
    };
    match id {
        "" => Err(NoId::Empty),
        "null" => Err(NoId::NullText),
        "true" | "false" => Err(NoId::Boolean),
        _ if id.trim().is_empty() => Err(NoId::Blank),
        _ if is('{', '}') => Err(NoId::Object),
        _ if is('[', ']') => Err(NoId::List),
        _ => check_segment(id.as_bytes()).map_err(|why| match why {
            InvalidSegment::Empty => NoId::Empty,
            InvalidSegment::Dots => NoId::Dots,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(body: &str) -> Result<String, Missing> {
        id_in(body.as_bytes(), "/a~1b/1/id")
    }

    #[test]
    fn texts_and_whole_numbers_are_ids_digit_for_digit() {
        for (value, text) in [
            ("7", "7"),
            ("-7", "-7"),
            ("0", "0"),
            ("9007199254740993", "9007199254740993"),
            ("18446744073709551615", "18446744073709551615"),
            (
                "340282366920938463463374607431768211455",
                "340282366920938463463374607431768211455",
            ),
            (r#""a/b""#, "a/b"),
            (r#""\u00e9 1.5""#, "é 1.5"),
            (r#""...""#, "..."),
            (r#""{4fd5}""#, "{4fd5}"),
        ] {
            let body = format!("\u{feff}{{\"a/b\": [1, {{ \"id\" : {value} }}]}}");
            assert_eq!(id(&body), Ok(text.to_owned()), "{value}");
        }
    }

    #[test]
    fn nothing_else_is_an_id() {
        for (value, what) in [
            ("null", NoId::Null),
            ("true", NoId::Boolean),
            ("false", NoId::Boolean),
            ("{}", NoId::Object),
            ("[7]", NoId::List),
            ("1.0", NoId::Fraction),
            ("1e3", NoId::Fraction),
            (r#""""#, NoId::Empty),
            (r#"" \t\u00a0""#, NoId::Blank),
            (r#""null""#, NoId::NullText),
            (r#"".""#, NoId::Dots),
            (r#""%2E%2e""#, NoId::Dots),
            (r#""\ud800""#, NoId::Text),
        ] {
            let body = format!("{{\"a/b\": [1, {{\"id\":{value}}}]}}");
            assert_eq!(id(&body), Err(Missing::Other(what)), "{value}");
        }
        for old in ["", " ", "null", "true", "{\"a\":1}", "[1]", "..", "%2e"] {
            assert!(check_id(old).is_err(), "{old}");
        }
    }

    #[test]
    fn a_pointer_to_nothing_is_told_from_what_is_no_id() {
        for body in [
            "",
            "<html>",
            "{}",
            "[]",
            "7",
            r#"{"a/b":[1]}"#,
            r#"{"a/b":[1,{"ID":7}]}"#,
            r#"{"a/b":[1,"x"]}"#,
        ] {
            assert!(matches!(id(body), Err(Missing::Nothing(_))), "{body}");
        }
    }
}
