//! Parser of `Set-Cookie` (RFC 6265bis, 5.6).

use super::date;
use crate::http::message::headers::is_control;

/// Maximum length of name and value together, in bytes, as in browsers.
pub(crate) const LONGEST: usize = 4_096;
/// Attributes with a longer value, in bytes, are ignored.
const LONGEST_ATTRIBUTE: usize = 1_024;

/// The content of a `Set-Cookie`.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Line<'a> {
    /// Empty for a cookie without a name.
    pub name: &'a [u8],
    pub value: &'a [u8],
    /// Without its leading dot; empty or none: the host of the request.
    pub domain: &'a [u8],
    /// Begins with a slash; none: the folder of the request.
    pub path: Option<&'a [u8]>,
    /// Lifetime in seconds; takes precedence over `expires`.
    pub max_age: Option<i64>,
    /// Seconds since 1970.
    pub expires: Option<i64>,
    pub secure: bool,
    pub http_only: bool,
}

/// Parses a value of `Set-Cookie`; none when browsers would ignore it.
pub(crate) fn parse(text: &[u8]) -> Option<Line<'_>> {
    // With a control character in a cookie, the target would reject every following request.
    if text.iter().copied().any(is_control) {
        return None;
    }
    let mut parts = text.split(|&byte| byte == b';');
    let pair = parts.next().unwrap_or_default();
    let (name, value) = match split(pair) {
        Some(named) => named,
        None => (&[][..], trim(pair)),
    };
    if (name.is_empty() && value.is_empty()) || name.len() + value.len() > LONGEST {
        return None;
    }
    let mut line = Line {
        name,
        value,
        ..Line::default()
    };
    for part in parts {
        let (name, value) = split(part).unwrap_or((trim(part), &[]));
        if value.len() <= LONGEST_ATTRIBUTE {
            line.attribute(name, value);
        }
    }
    Some(line)
}

impl<'a> Line<'a> {
    /// The last attribute of a name counts, but invalid ones are ignored.
    fn attribute(&mut self, name: &[u8], value: &'a [u8]) {
        let is = |known: &str| name.eq_ignore_ascii_case(known.as_bytes());
        if is("expires") {
            self.expires = date::parse(value).or(self.expires);
        } else if is("max-age") {
            self.max_age = seconds(value).or(self.max_age);
        } else if is("domain") {
            self.domain = value.strip_prefix(b".").unwrap_or(value);
        } else if is("path") {
            self.path = Some(value).filter(|value| value.starts_with(b"/"));
        } else if is("secure") {
            self.secure = true;
        } else if is("httponly") {
            self.http_only = true;
        }
    }
}

/// Digits, optionally with a minus; overflow saturates.
fn seconds(text: &[u8]) -> Option<i64> {
    let (digits, sign) = match text.strip_prefix(b"-") {
        Some(digits) => (digits, -1),
        None => (text, 1),
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let number = digits.iter().fold(0_i64, |sum, digit| {
        sum.saturating_mul(10)
            .saturating_add(i64::from(digit - b'0'))
    });
    Some(number * sign)
}

/// Both sides of the first `=`.
fn split(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = text.iter().position(|&byte| byte == b'=')?;
    Some((trim(&text[..at]), trim(&text[at + 1..])))
}

/// Without spaces and tabs around it.
fn trim(text: &[u8]) -> &[u8] {
    let is_text = |byte: &u8| !matches!(byte, b' ' | b'\t');
    let Some(from) = text.iter().position(is_text) else {
        return &[];
    };
    let to = text.iter().rposition(is_text).map_or(from, |last| last + 1);
    &text[from..to]
}
