//! Texts of targets and scripts, made fit to be read on a terminal.
//!
//! Comes in: any text. Goes out: the same text with every character escaped that a terminal obeys or that changes the
//! order in which others are shown. Must never know: where texts come from, where they go.
//!
//! Anyone who writes a text that throng did not make itself sends it through here: [`line`] for a text that is to stay
//! one line, [`page`] for lines that were made so already, [`json`] for JSON.

pub mod json_input;
use std::borrow::Cow;

/// The text on one line: `\n`, `\t`, `\u{1b}` stand for the characters that are not shown.
///
/// Escaped are the controls of C0, DEL and C1 (ECMA-48; U+009B begins a command as ESC [ does), the separators of
/// lines and paragraphs, and the controls of direction (UAX #9), which let a text show in another order than it has.
pub fn line(text: &str) -> Cow<'_, str> {
    escaped(text, is_shown, |letter, to| {
        to.extend(letter.escape_default());
    })
}

/// As [`line`], but for line ends, which stay. Its parts are throng's own or have been through [`line`].
pub fn page(text: &str) -> Cow<'_, str> {
    let shown = |letter: char| letter == '\n' || is_shown(letter);
    escaped(text, shown, |letter, to| to.extend(letter.escape_default()))
}

/// JSON that says the same and shows none of them: in strings they become escapes (RFC 8259, 7), elsewhere JSON has
/// none.
pub fn json(text: &str) -> Cow<'_, str> {
    let shown = |letter: char| matches!(letter, '\n' | '\r' | '\t') || is_shown(letter);
    escaped(text, shown, |letter, to| {
        // All of them lie below U+10000.
        to.push_str(&format!("\\u{:04x}", u32::from(letter)));
    })
}

/// Whether a character may stand on a terminal as it is.
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
