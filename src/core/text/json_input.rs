//! Preparation of JSON texts before parsing: what the parser would reject although it can be read, and numbers
//! that would lose digits.

/// Whole numbers of fewer digits have 64 bits.
const LONG: usize = 19;

/// The text without a byte order mark, which may be ignored (RFC 8259, 8.1).
pub fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}

/// The text with the replacement character instead of each unpaired surrogate escape
/// (RFC 8259, 8.2); none without such an escape.
pub fn mended(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut mended: Option<Vec<u8>> = None;
    let mut at = 0;
    while let Some(found) = memchr::memchr(b'\\', &bytes[at..]) {
        at += found;
        match surrogate(&bytes[at..]) {
            Some(Half::High) if surrogate(&bytes[at + 6..]) == Some(Half::Low) => at += 12,
            Some(_) => {
                let text = mended.get_or_insert_with(|| bytes.to_vec());
                text[at..at + 6].copy_from_slice(br"\ufffd");
                at += 6;
            }
            None => at = (at + 2).min(bytes.len()),
        }
    }
    mended
}

/// Parses a text, tolerating a byte order mark and unpaired
/// surrogates.
///
/// # Errors
/// Invalid JSON, with line and column.
pub fn read(bytes: &[u8]) -> serde_json::Result<serde_json::Value> {
    let bytes = without_mark(bytes);
    serde_json::from_slice(bytes).or_else(|why| match mended(bytes) {
        Some(text) => serde_json::from_slice(&text),
        None => Err(why),
    })
}

#[derive(PartialEq, Eq)]
enum Half {
    High,
    Low,
}

/// Which surrogate an escape at the beginning is.
fn surrogate(text: &[u8]) -> Option<Half> {
    let [b'\\', b'u', digits @ ..] = text else {
        return None;
    };
    let [b'd' | b'D', half, third, fourth, ..] = digits else {
        return None;
    };
    if !third.is_ascii_hexdigit() || !fourth.is_ascii_hexdigit() {
        return None;
    }
    match half.to_ascii_lowercase() {
        b'8'..=b'9' | b'a'..=b'b' => Some(Half::High),
        b'c'..=b'f' => Some(Half::Low),
        _ => None,
    }
}

/// Whether there are enough consecutive digits for an integer of more than 64 bits. Checking one byte in nineteen
/// is enough.
pub fn has_long_number(bytes: &[u8]) -> bool {
    let is_digit = |byte: &&u8| byte.is_ascii_digit();
    (LONG - 1..bytes.len()).step_by(LONG).any(|at| {
        let before = bytes[..at].iter().rev().take(LONG).take_while(is_digit);
        let behind = bytes[at..].iter().take(LONG).take_while(is_digit);
        bytes[at].is_ascii_digit() && before.count() + behind.count() >= LONG
    })
}

/// The numbers of a text that the parser reads as floats, in order: the digits of integers beyond 64 bits,
/// and none for those with a decimal point or an exponent.
pub fn floats(bytes: &[u8]) -> Vec<Option<&str>> {
    let mut floats = Vec::new();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => at += string(&bytes[at..]),
            b'-' | b'0'..=b'9' => {
                let is_part =
                    |byte: &&u8| matches!(**byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
                let length = bytes[at..].iter().take_while(is_part).count();
                // Only ASCII was consumed.
                let number = std::str::from_utf8(&bytes[at..at + length]).unwrap_or_default();
                at += length;
                if number.contains(['.', 'e', 'E']) || number == "-0" {
                    floats.push(None);
                } else if number.parse::<i64>().is_err() && number.parse::<u64>().is_err() {
                    floats.push(Some(number));
                }
            }
            _ => at += 1,
        }
    }
    floats
}

/// The length of a string at the beginning, with its quotes.
fn string(text: &[u8]) -> usize {
    let mut at = 1;
    while let Some(found) = memchr::memchr2(b'"', b'\\', &text[at.min(text.len())..]) {
        at += found;
        if text[at] == b'"' {
            return at + 1;
        }
        at += 2;
    }
    text.len()
}
