//! A decoded text, with the original position of each byte.

use std::borrow::Cow;

/// Bytes, and the position in the text of each; the last position is the text's end.
pub struct View<'a> {
    pub bytes: Cow<'a, [u8]>,
    /// None: the positions are unchanged.
    places: Option<Vec<usize>>,
}

/// The meaning of a plus.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Plus {
    Itself,
    Space,
}

impl<'a> View<'a> {
    /// The text without decoding.
    pub fn of(text: &'a [u8]) -> Self {
        Self {
            bytes: Cow::Borrowed(text),
            places: None,
        }
    }

    /// The range of the text for a range of the bytes.
    pub fn place(&self, from: usize, to: usize) -> (usize, usize) {
        (self.origin(from), self.origin(to))
    }

    fn origin(&self, at: usize) -> usize {
        self.places.as_ref().map_or(at, |places| places[at])
    }

    /// Decodes `%41`, as in URLs (RFC 3986). A plus is a space in a query and in a form (WHATWG URL), and itself in a path.
    pub fn without_percents(&self, plus: Plus) -> View<'static> {
        self.undone(|rest| match rest {
            [b'+', ..] if plus == Plus::Space => Some((1, vec![b' '])),
            [b'%', high, low, ..] => {
                let byte = hex(*high)? << 4 | hex(*low)?;
                Some((3, vec![byte]))
            }
            _ => None,
        })
    }

    /// Decodes `\n`, `\"`, `\u0041`, as in JSON (RFC 8259) and in quoted texts of a log.
    pub fn without_escapes(&self) -> View<'static> {
        self.undone(|rest| {
            let [b'\\', escaped, tail @ ..] = rest else {
                return None;
            };
            let byte = match escaped {
                b'n' => b'\n',
                b't' => b'\t',
                b'r' => b'\r',
                b'b' => 8,
                b'f' => 12,
                b'"' | b'\\' | b'/' | b'\'' => *escaped,
                b'u' => return unicode(tail),
                _ => return None,
            };
            Some((2, vec![byte]))
        })
    }

    /// Applies `undo` to the rest at each position: it returns the consumed length and the decoded character.
    fn undone(&self, undo: impl Fn(&[u8]) -> Option<(usize, Vec<u8>)>) -> View<'static> {
        let mut bytes = Vec::with_capacity(self.bytes.len());
        let mut places = Vec::with_capacity(self.bytes.len() + 1);
        let mut at = 0;
        while at < self.bytes.len() {
            match undo(&self.bytes[at..]) {
                Some((taken, meant)) => {
                    places.extend(meant.iter().map(|_| self.origin(at)));
                    bytes.extend(meant);
                    at += taken;
                }
                None => {
                    places.push(self.origin(at));
                    bytes.push(self.bytes[at]);
                    at += 1;
                }
            }
        }
        places.push(self.origin(at));
        View {
            bytes: Cow::Owned(bytes),
            places: Some(places),
        }
    }
}

/// The character after `\u`: one escape, or a surrogate pair.
fn unicode(tail: &[u8]) -> Option<(usize, Vec<u8>)> {
    let four = |digits: &[u8]| -> Option<u32> {
        digits
            .iter()
            .try_fold(0, |sum, digit| Some(sum << 4 | u32::from(hex(*digit)?)))
    };
    let first = four(tail.get(..4)?)?;
    let (taken, code) = match (first, tail.get(4..10)) {
        (0xd800..0xdc00, Some([b'\\', b'u', digits @ ..])) => {
            let second = four(digits)?.checked_sub(0xdc00)?;
            (12, 0x10000 + ((first - 0xd800) << 10) + second)
        }
        _ => (6, first),
    };
    let character = char::from_u32(code)?;
    Some((taken, character.to_string().into_bytes()))
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}
