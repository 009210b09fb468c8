//! Values for one segment of a path. A value that is empty or made of dots would ask another place than the
//! one that is meant: `DELETE /things/..` is `DELETE /` to most servers.

use std::borrow::Cow;

use percent_encoding::percent_decode;

/// How often percent-encodings are looked behind: proxies decode once, and applications behind them once more.
const LAYERS: usize = 4;

/// Why a value may not fill a segment of a path; written after the name of the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSegment {
    #[error("is empty, and an empty segment leads to another path")]
    Empty,
    #[error("makes a dot segment, which leads to another path (RFC 3986, 5.2.4)")]
    Dots,
}

/// Whether a value can fill a segment of a path. `a/b` can, since it is sent as `a%2Fb`. `.` and `..` cannot, however they
/// are percent-encoded, and neither can what holds one of them between slashes (`../x`) or before a semicolon (`..;x`):
/// servers that decode before they normalise take these for dot segments too.
///
/// # Errors
/// Why it cannot.
pub fn check_segment(value: &[u8]) -> Result<(), InvalidSegment> {
    if value.is_empty() {
        return Err(InvalidSegment::Empty);
    }
    let mut value = Cow::Borrowed(value);
    for _ in 0..LAYERS {
        if !value.contains(&b'%') {
            break;
        }
        value = Cow::Owned(percent_decode(&value).collect());
    }
    let mut parts = value.split(|byte| matches!(byte, b'/' | b'\\'));
    if parts.any(is_dots) {
        return Err(InvalidSegment::Dots);
    }
    Ok(())
}

/// `.` and `..`, also with parameters behind (RFC 3986, 3.3).
fn is_dots(part: &[u8]) -> bool {
    let name = part.split(|&byte| byte == b';').next().unwrap_or(part);
    matches!(name, b"." | b"..")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_one_segment_of_its_own_may_fill_one() {
        for fit in [
            "7", "a/b", "a?b", "...", ".hidden", "a.b", "..a", "%", "%2", "%2f", " ", "a/.b", ";..",
        ] {
            assert_eq!(check_segment(fit.as_bytes()), Ok(()), "{fit}");
        }
        assert_eq!(check_segment(b"\xff"), Ok(()));
        assert_eq!(check_segment(b""), Err(InvalidSegment::Empty));
        for dots in [
            ".",
            "..",
            "%2e",
            "%2E",
            "%2e%2E",
            ".%2e",
            "%2E.",
            "%252e%252e",
            "../x",
            "x/..",
            "a/./b",
            "..\\x",
            "..%2fx",
            "..;a",
        ] {
            assert_eq!(
                check_segment(dots.as_bytes()),
                Err(InvalidSegment::Dots),
                "{dots}"
            );
        }
    }
}
