//! The status of a response, in the terms of its protocol.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

/// Maximum length; `FAILED_PRECONDITION` of gRPC has 19 bytes.
const LONGEST: usize = 23;

/// The protocol's status text: HTTP's number, gRPC's name. Stored inline, so that counting does not allocate;
/// longer texts are truncated. Sorts as text, with no response first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "Cow<'static, str>", from = "Cow<'static, str>")]
pub struct Status {
    bytes: [u8; LONGEST],
    length: u8,
}

impl Status {
    /// No response.
    pub const NONE: Self = Self {
        bytes: [0; LONGEST],
        length: 0,
    };

    pub fn new(text: &str) -> Self {
        let mut length = text.len().min(LONGEST);
        while !text.is_char_boundary(length) {
            length -= 1;
        }
        let mut bytes = [0; LONGEST];
        bytes[..length].copy_from_slice(&text.as_bytes()[..length]);
        Self {
            bytes,
            // At most 23.
            length: length as u8,
        }
    }

    pub fn is_none(&self) -> bool {
        self.length == 0
    }

    /// The text; `none` without a response.
    pub fn as_str(&self) -> &str {
        if self.is_none() {
            return "none";
        }
        // It was truncated between characters, so the default is not used.
        std::str::from_utf8(&self.bytes[..usize::from(self.length)]).unwrap_or_default()
    }
}

/// A number as text, as in HTTP; 0 is no response.
impl From<u16> for Status {
    fn from(mut number: u16) -> Self {
        if number == 0 {
            return Self::NONE;
        }
        let mut digits = [0; 5];
        let mut start = digits.len();
        loop {
            start -= 1;
            digits[start] = b'0' + (number % 10) as u8;
            number /= 10;
            if number == 0 {
                break;
            }
        }
        let length = digits.len() - start;
        let mut bytes = [0; LONGEST];
        bytes[..length].copy_from_slice(&digits[start..]);
        Self {
            bytes,
            length: length as u8,
        }
    }
}

impl From<Cow<'_, str>> for Status {
    fn from(text: Cow<'_, str>) -> Self {
        Self::new(&text)
    }
}

impl From<Status> for Cow<'static, str> {
    fn from(status: Status) -> Self {
        match status.is_none() {
            true => Cow::Borrowed(""),
            false => Cow::Owned(status.as_str().to_owned()),
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_its_digits_and_no_answer_comes_first() {
        for number in [7, 99, 100, 204, 599, u16::MAX] {
            assert_eq!(Status::from(number), Status::new(&number.to_string()));
        }
        assert!(Status::from(0).is_none());
        let mut all = [Status::from(500), Status::from(200), Status::NONE];
        all.sort_unstable();
        assert_eq!(all.map(|one| one.to_string()), ["none", "200", "500"]);
    }

    #[test]
    fn a_long_text_keeps_its_beginning_and_its_characters_whole() {
        assert_eq!(
            Status::new("FAILED_PRECONDITION").as_str(),
            "FAILED_PRECONDITION"
        );
        let long = Status::new(&"é".repeat(20));
        assert_eq!(long.as_str(), "é".repeat(11));
        let text = serde_json::to_string(&[long, Status::NONE]).unwrap();
        let read: [Status; 2] = serde_json::from_str(&text).unwrap();
        assert_eq!(read, [long, Status::NONE]);
    }
}
