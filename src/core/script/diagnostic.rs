//! A diagnostic of a script: what is wrong, where, and how its author can see it.

use std::fmt;

use crate::text;

/// What is said when a VM is full.
const NO_MEMORY: &str = "not enough memory: the script's VM reached its limit";

/// What is kept of a message, in bytes.
const LONGEST: usize = 1_000;

/// A kind of value with its article: `an integer`.
pub(crate) fn one(kind: &str) -> String {
    let article = if kind.starts_with('i') { "an" } else { "a" };
    format!("{article} {kind}")
}

/// One mistake in a script or a script folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// `scripts/active.lua:12`, or the file or folder alone when no line is known.
    pub place: String,
    /// What is wrong, in one line.
    pub message: String,
    /// Lua frames from the innermost outwards, without those of the host; may be empty.
    pub traceback: Vec<String>,
}

impl Diagnostic {
    /// A fault of a whole file or folder.
    pub fn at(place: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            place: place.into(),
            message: message.into(),
            traceback: Vec::new(),
        }
    }

    /// Reads what mlua says of a failed call; `fallback` names the place when no Lua frame is known.
    pub fn from_lua(error: &mlua::Error, fallback: &str) -> Self {
        let (message, trace) = flatten(error);
        let traceback = frames(&trace);
        let (place, message) = match split_place(&message) {
            Some((place, rest)) => innermost(place, rest),
            None => (
                first_place(&traceback).unwrap_or(fallback).to_owned(),
                message,
            ),
        };
        Self {
            place,
            message: tidy(hint(message)),
            traceback,
        }
    }
}

impl Diagnostic {
    /// The same in other words.
    #[must_use]
    pub fn reworded(self, word: impl Fn(String) -> String) -> Self {
        Self {
            place: word(self.place),
            message: word(self.message),
            traceback: self.traceback.into_iter().map(word).collect(),
        }
    }

    /// Whether the script's VM had no memory left.
    pub fn is_memory(&self) -> bool {
        self.message == NO_MEMORY
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.message)
    }
}

impl std::error::Error for Diagnostic {}

/// What `pcall` in a script gets for an error raised by the host: `place: message`, one plain string.
pub fn describe(error: &mlua::Error) -> String {
    let (message, trace) = flatten(error);
    if split_place(&message).is_some() {
        return message;
    }
    match first_place(&frames(&trace)) {
        Some(place) => format!("{place}: {message}"),
        None => message,
    }
}

/// Message and raw traceback of an error, however deeply callbacks wrapped it.
fn flatten(error: &mlua::Error) -> (String, String) {
    match error {
        mlua::Error::CallbackError { traceback, cause } => {
            let (message, inner) = flatten(cause);
            (
                message,
                if inner.is_empty() {
                    traceback.clone()
                } else {
                    inner
                },
            )
        }
        mlua::Error::BadArgument {
            to,
            pos,
            name,
            cause,
        } => {
            let (why, inner) = flatten(cause);
            let function = to.as_deref().unwrap_or("the function");
            let which = name
                .as_ref()
                .map_or_else(|| format!("#{pos}"), |n| format!("#{pos} ({n})"));
            (format!("{function}: argument {which}: {why}"), inner)
        }
        mlua::Error::FromLuaConversionError { from, to, message } => {
            let detail = message
                .as_ref()
                .map(|m| format!(" ({m})"))
                .unwrap_or_default();
            (format!("expected {to}, got {from}{detail}"), String::new())
        }
        mlua::Error::RuntimeError(text) => cut_traceback(text),
        mlua::Error::SyntaxError { message, .. } => cut_traceback(message),
        mlua::Error::MemoryError(_) => (NO_MEMORY.to_owned(), String::new()),
        other => cut_traceback(&other.to_string()),
    }
}

fn cut_traceback(text: &str) -> (String, String) {
    match text.find("\nstack traceback:") {
        Some(at) => (text[..at].to_owned(), text[at..].to_owned()),
        None => (text.to_owned(), String::new()),
    }
}

/// Lua frames only: `scripts/active.lua:12: in function 'edit'`.
fn frames(trace: &str) -> Vec<String> {
    trace
        .lines()
        .map(str::trim)
        .filter(|line| split_place(line).is_some())
        .map(|line| {
            ["upvalue", "local", "field", "method"]
                .iter()
                .fold(line.to_owned(), |line, kind| {
                    line.replace(&format!("in {kind} '"), "in function '")
                })
        })
        .collect()
}

/// An error that went through `coroutine.wrap` has the place of that call in front of its own.
fn innermost<'a>(mut place: &'a str, mut rest: &'a str) -> (String, String) {
    while let Some((inner, words)) = split_place(rest) {
        (place, rest) = (inner, words);
    }
    (place.to_owned(), rest.to_owned())
}

fn first_place(frames: &[String]) -> Option<&str> {
    frames
        .first()
        .and_then(|frame| split_place(frame))
        .map(|(place, _)| place)
}

/// Splits `dir/file.lua:12: rest` into the place and the rest.
fn split_place(text: &str) -> Option<(&str, &str)> {
    let end = text.find(".lua:")? + ".lua:".len();
    // A folder may have blanks in its name; words of a message that mention a file have no slash before them, or a quote.
    let path = &text[..end - 1];
    let blank = path.contains(' ') && !path.contains('/');
    if blank || path.contains(['\n', '\t', ':', '\'', '"']) {
        return None;
    }
    let digits = text[end..].bytes().take_while(u8::is_ascii_digit).count();
    let rest = text[end + digits..].strip_prefix(':')?;
    (digits > 0).then(|| (&text[..end + digits], rest.trim_start()))
}

/// Words that can be shown: an author's message may be a whole answer, and hold what a terminal obeys.
pub(crate) fn tidy(message: String) -> String {
    if message.len() <= LONGEST {
        return text::line(&message).into_owned();
    }
    let end = message.floor_char_boundary(LONGEST);
    format!(
        "{}... ({} bytes)",
        text::line(&message[..end]),
        message.len()
    )
}

/// Lua's own words where they leave the author without a next step.
fn hint(message: String) -> String {
    if message.contains("attempt to yield across a C-call boundary") {
        return "a call that waits (http, auth, think, parallel) was made where Lua cannot wait, \
                for example in a metamethod; make it before or after"
            .to_owned();
    }
    // An object without words of its own, as Lua writes it: `table: 0x55d0c8`.
    for kind in ["table", "function", "thread", "userdata"] {
        if message
            .strip_prefix(kind)
            .is_some_and(|rest| rest.starts_with(": "))
        {
            let what = match &message[kind.len()..] {
                ": (nil)" | ": 0x0" | ": (null)" => "json.null".to_owned(),
                _ => format!("a {kind}"),
            };
            return format!("an error without a message: {what}");
        }
    }
    match message.as_str() {
        "not enough memory" => NO_MEMORY.to_owned(),
        "nil" => "an error without a message: nil".to_owned(),
        _ => message,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_split_from_its_message() {
        assert_eq!(
            split_place("scripts/a.lua:12: oh no"),
            Some(("scripts/a.lua:12", "oh no"))
        );
        assert_eq!(split_place("no place here"), None);
        assert_eq!(split_place("[C]: in function 'error'"), None);
    }

    #[test]
    fn host_frames_leave_the_traceback() {
        let raw = "\nstack traceback:\n\t[C]: in function 'error'\n\tscripts/a.lua:3: in upvalue 'f'\n\t__mlua_async_poll:1: in x";
        assert_eq!(frames(raw), ["scripts/a.lua:3: in function 'f'"]);
    }
}
