//! Texts of an import in Lua: the only place where they are written.
//!
//! In: any text. Out: a string literal, a number or a comment. Must never know what is done with it.

use std::fmt::Write as _;

use super::super::name::is_reserved;
use crate::text;

/// Columns of a line, as in `stylua.toml`.
pub const WIDTH: usize = 100;

/// A string literal, in double quotes unless it has more of them than of single ones.
///
/// Letters and signs that can be read stay; control characters, line breaks, invisible and bidirectional characters,
/// and bytes that are not UTF-8 are escaped.
pub fn string(bytes: &[u8]) -> String {
    let count = |quote| bytes.iter().filter(|byte| **byte == quote).count();
    let quote = if count(b'"') > count(b'\'') {
        '\''
    } else {
        '"'
    };
    let mut to = String::with_capacity(bytes.len() + 2);
    to.push(quote);
    for chunk in bytes.utf8_chunks() {
        for letter in chunk.valid().chars() {
            character(letter, quote, &mut to);
        }
        for byte in chunk.invalid() {
            let _ = write!(to, "\\x{byte:02x}");
        }
    }
    to.push(quote);
    to
}

fn character(letter: char, quote: char, to: &mut String) {
    match letter {
        '\\' => to.push_str("\\\\"),
        '\n' => to.push_str("\\n"),
        '\r' => to.push_str("\\r"),
        '\t' => to.push_str("\\t"),
        _ if letter == quote => {
            to.push('\\');
            to.push(quote);
        }
        // Three digits, so that a digit after it is not read as one of them.
        _ if letter.is_ascii_control() => {
            let _ = write!(to, "\\{:03}", u32::from(letter));
        }
        _ if is_readable(letter) => to.push(letter),
        _ => {
            let _ = write!(to, "\\u{{{:x}}}", u32::from(letter));
        }
    }
}

/// Whether a reader sees the character, and as what it is.
fn is_readable(letter: char) -> bool {
    let is_invisible = matches!(
        letter,
        '\u{ad}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
            | '\u{fff0}'..='\u{ffff}' | '\u{e000}'..='\u{f8ff}' | '\u{e0000}'..='\u{10ffff}'
    );
    text::is_shown(letter) && !is_invisible
}

/// A number.
pub fn number(number: f64) -> String {
    if !number.is_finite() {
        return "0".to_owned();
    }
    let size = number.abs();
    if number != 0.0 && !(1e-5..1e15).contains(&size) {
        return format!("{number:e}");
    }
    number.to_string()
}

/// A whole number.
pub fn integer(number: i64) -> String {
    // Lua reads the digits before the sign, and the least number's do not fit.
    match number {
        i64::MIN => "math.mininteger".to_owned(),
        _ => number.to_string(),
    }
}

/// The key of a field: `name`, or `["a name"]`.
pub fn key(text: &str) -> String {
    let begins_well = text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    let is_name = begins_well
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && !is_reserved(text);
    match is_name {
        true => text.to_owned(),
        false => format!("[{}]", string(text.as_bytes())),
    }
}

/// Lines of a comment, none longer than `width` where it has blanks to break at.
pub fn comment(words: &str, width: usize) -> Vec<String> {
    let shown: String = words
        .chars()
        .map(|letter| match letter {
            _ if letter.is_whitespace() || letter.is_control() => ' ',
            _ if is_readable(letter) => letter,
            _ => '\u{fffd}',
        })
        .collect();
    let mut lines: Vec<String> = Vec::new();
    for word in shown.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(format!("-- {word}")),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_stay_on_one_line_and_in_their_quotes() {
        assert_eq!(string(b"plain"), r#""plain""#);
        assert_eq!(string(b"say \"hi\""), r#"'say "hi"'"#);
        assert_eq!(string(b"it's \"both\" it's"), r#""it's \"both\" it's""#);
        assert_eq!(string(b"a\\\n\r\0\x7f1"), r#""a\\\n\r\000\1271""#);
        assert_eq!(string(b"\xff\xfe"), r#""\xff\xfe""#);
        assert_eq!(
            string("Grüße \u{202e}\u{200b}".as_bytes()),
            "\"Grüße \\u{202e}\\u{200b}\""
        );
    }

    #[test]
    fn keys_that_are_no_names_are_strings() {
        assert_eq!(key("name"), "name");
        assert_eq!(key("end"), "[\"end\"]");
        assert_eq!(key("X-Id"), "[\"X-Id\"]");
        assert_eq!(key(""), "[\"\"]");
    }

    #[test]
    fn a_comment_cannot_be_left() {
        let lines = comment("first\nos.exit() --[[\r]] \u{2028}x", 100);
        assert_eq!(lines, ["-- first os.exit() --[[ ]] x"]);
        assert!(
            comment(&"word ".repeat(100), 100)
                .iter()
                .all(|line| line.len() <= 100)
        );
    }

    #[test]
    fn numbers_are_short() {
        assert_eq!(number(0.25), "0.25");
        assert_eq!(number(3.0), "3");
        assert_eq!(number(1e300), "1e300");
        assert_eq!(number(f64::NAN), "0");
    }
}
