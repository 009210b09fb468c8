//! Escaping of texts of targets and scripts for terminals, and suggestions for misspelt names.
//!
//! In: any text. Out: the same text with terminal control characters escaped, and those that change the
//! display order; the known name that a word is like. It must never know: where texts come from, where they go.
//!
//! Every text from outside is escaped before it is written: with [`line`] for a text that must stay
//! one line, [`page`] for lines that were escaped already, [`json`] for JSON.

mod did_you_mean;
pub mod json_input;

pub use did_you_mean::{did_you_mean, nearest};

use std::borrow::Cow;

/// The text on one line: control characters are escaped as `\n`, `\t`, `\u{1b}`.
///
/// Escapes the controls of C0, DEL and C1 (ECMA-48; U+009B begins a command like ESC [), the separators of
/// lines and paragraphs, and bidirectional controls (UAX #9), which change the display order.
pub fn line(text: &str) -> Cow<'_, str> {
    escaped(text, is_shown, |letter, to| {
        to.extend(letter.escape_default());
    })
}

/// As [`line`], but keeps line breaks. Its parts are throng's own or were escaped by [`line`].
pub fn page(text: &str) -> Cow<'_, str> {
    let shown = |letter: char| letter == '\n' || is_shown(letter);
    escaped(text, shown, |letter, to| to.extend(letter.escape_default()))
}

/// Equivalent JSON without these characters: in strings they become escapes (RFC 8259, 7), elsewhere JSON has
/// none.
pub fn json(text: &str) -> Cow<'_, str> {
    let shown = |letter: char| matches!(letter, '\n' | '\r' | '\t') || is_shown(letter);
    escaped(text, shown, |letter, to| {
        // All of them are below U+10000.
        to.push_str(&format!("\\u{:04x}", u32::from(letter)));
    })
}

/// Whether a character may be written to a terminal unescaped.
pub fn is_shown(letter: char) -> bool {
    !letter.is_control()
        && !matches!(
            letter,
            '\u{61c}'
                | '\u{200e}'
                | '\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2066}'..='\u{2069}'
        )
}

fn escaped(
    text: &str,
    shown: impl Fn(char) -> bool,
    escape: impl Fn(char, &mut String),
) -> Cow<'_, str> {
    let Some(first) = text.find(|letter| !shown(letter)) else {
        return Cow::Borrowed(text);
    };
    let mut escaped = String::with_capacity(text.len() + 16);
    escaped.push_str(&text[..first]);
    for letter in text[first..].chars() {
        if shown(letter) {
            escaped.push(letter);
        } else {
            escape(letter, &mut escaped);
        }
    }
    Cow::Owned(escaped)
}
