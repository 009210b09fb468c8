//! Header fields of a request or a response: one block of lines in one allocation.

use std::fmt;

/// Header fields in the order in which they were written or received, stored as the lines of HTTP/1.1
/// (`name: value\r\n`): a request's block is copied to the wire as it is and a response's block is
/// copied from it, so neither costs an allocation a field. Names compare without regard to case.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Headers {
    block: Vec<u8>,
    hints: Hints,
    /// A bit for each name that is in the block or must not be added, so that two blocks without a common name are known
    /// apart without a search.
    names: u64,
    /// Fields that must not be added automatically.
    left_out: Hints,
    /// The same, for names without a hint.
    left_out_too: Option<Box<[Box<str>]>>,
}

/// A field that would inject headers, or for which servers reject the whole request (RFC 9110, 5.5).
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum InvalidHeader {
    #[error("{0:?} is not a header name")]
    Name(String),
    #[error(
        "the value of the header {0:?} has a line break or another control character: that would be header injection"
    )]
    Value(String),
}

/// Which fields that control the client may be in a block, so that usual requests without them need no search.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Hints(u16);

impl Hints {
    pub const HOST: Self = Self(1);
    pub const USER_AGENT: Self = Self(2);
    pub const ACCEPT_ENCODING: Self = Self(4);
    pub const CONTENT_LENGTH: Self = Self(8);
    pub const TRANSFER_ENCODING: Self = Self(16);
    pub const CONNECTION: Self = Self(32);
    pub const COOKIE: Self = Self(64);
    pub const RUN: Self = Self(128);
    const CONTENT_TYPE: Self = Self(256);
    const AUTHORIZATION: Self = Self(512);
    const ALL: Self = Self(u16::MAX);

    fn of(name: &str) -> Self {
        // The length first: most names differ in it.
        let (known, hint) = match name.len() {
            4 => ("host", Self::HOST),
            6 => ("cookie", Self::COOKIE),
            10 if name.as_bytes()[0] | 32 == b'u' => ("user-agent", Self::USER_AGENT),
            10 => ("connection", Self::CONNECTION),
            12 if name.as_bytes()[0] | 32 == b'x' => ("x-throng-run", Self::RUN),
            12 => ("content-type", Self::CONTENT_TYPE),
            13 => ("authorization", Self::AUTHORIZATION),
            14 => ("content-length", Self::CONTENT_LENGTH),
            15 => ("accept-encoding", Self::ACCEPT_ENCODING),
            17 => ("transfer-encoding", Self::TRANSFER_ENCODING),
            _ => return Self(0),
        };
        if name.eq_ignore_ascii_case(known) {
            hint
        } else {
            Self(0)
        }
    }
}

impl Headers {
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends a field, also if there is one of that name.
    pub fn push(&mut self, name: &str, value: impl AsRef<[u8]>) -> Result<(), InvalidHeader> {
        let value = value.as_ref();
        if name.is_empty() || !name.bytes().all(is_token) {
            return Err(InvalidHeader::Name(name.to_owned()));
        }
        if has_control(value) {
            return Err(InvalidHeader::Value(name.to_owned()));
        }
        self.hints.0 |= Hints::of(name).0;
        self.names |= bit_of(name.as_bytes());
        self.block.reserve(name.len() + value.len() + 4);
        self.block.extend_from_slice(name.as_bytes());
        self.block.extend_from_slice(b": ");
        self.block.extend_from_slice(value.trim_ascii());
        self.block.extend_from_slice(b"\r\n");
        Ok(())
    }

    /// Removes every field of that name; returns whether there was one.
    pub fn remove(&mut self, name: &str) -> bool {
        if !self.contains(name) {
            return false;
        }
        self.retain(|other| !other.eq_ignore_ascii_case(name));
        true
    }

    /// Keeps only the fields whose names `wanted` accepts.
    pub fn retain(&mut self, wanted: impl Fn(&str) -> bool) {
        let mut block = Vec::with_capacity(self.block.len());
        for (name, value) in self.iter() {
            if wanted(name) {
                block.extend_from_slice(name.as_bytes());
                block.extend_from_slice(b": ");
                block.extend_from_slice(value);
                block.extend_from_slice(b"\r\n");
            }
        }
        self.block = block;
    }

    /// Prevents that a field of that name, such as `User-Agent`, is added automatically.
    pub fn leave_out(&mut self, name: &str) {
        let hint = Hints::of(name);
        self.names |= bit_of(name.as_bytes());
        self.left_out.0 |= hint.0;
        if hint.0 == 0 {
            let others = self.left_out_too.take().into_iter().flatten();
            self.left_out_too = Some(others.chain([name.into()]).collect());
        }
    }

    /// Whether a field of that name must not be added.
    pub fn leaves_out(&self, name: &str) -> bool {
        let mut others = self.left_out_too.iter().flatten();
        self.left_out.0 & Hints::of(name).0 != 0
            || others.any(|other| other.eq_ignore_ascii_case(name))
    }

    /// Whether nothing is to be added under that name: it exists, or is suppressed.
    pub fn is_settled(&self, name: &str) -> bool {
        self.leaves_out(name) || self.contains(name)
    }

    /// The first value of that name.
    pub fn get(&self, name: &str) -> Option<&[u8]> {
        self.iter()
            .find(|(other, _)| other.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    /// The first value of that name, when it is text.
    pub fn get_str(&self, name: &str) -> Option<&str> {
        self.get(name)
            .and_then(|value| std::str::from_utf8(value).ok())
    }

    /// Every value of that name, in order.
    pub fn get_all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
        self.iter()
            .filter(move |(other, _)| other.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    pub fn contains(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Name and value of every field, in order, as they were written.
    pub fn iter(&self) -> Iter<'_> {
        Iter { rest: &self.block }
    }

    pub fn len(&self) -> usize {
        self.iter().count()
    }

    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }

    /// A copy of header lines that a parser has already accepted, without the empty line at their end.
    pub fn from_lines(lines: &[u8]) -> Self {
        Self {
            block: lines.to_vec(),
            hints: Hints::ALL,
            names: u64::MAX,
            left_out: Hints::default(),
            left_out_too: None,
        }
    }

    /// Whether a field exists; checks the hint first.
    pub(crate) fn has(&self, hint: Hints, name: &str) -> bool {
        self.hints.0 & hint.0 != 0 && self.contains(name)
    }

    /// As [`is_settled`](Self::is_settled); checks the hint first.
    pub(crate) fn settles(&self, hint: Hints, name: &str) -> bool {
        self.left_out.0 & hint.0 != 0 || self.has(hint, name)
    }

    /// Whether a field that controls the client was pushed or left out; certain where none was removed since.
    pub(crate) fn hints_at(&self, hint: Hints) -> bool {
        (self.hints.0 | self.left_out.0) & hint.0 != 0
    }

    /// As [`is_settled`](Self::is_settled), without a search for names that were certainly never pushed or left out.
    pub(crate) fn settles_name(&self, name: &str) -> bool {
        self.names & bit_of(name.as_bytes()) != 0 && self.is_settled(name)
    }

    /// Whether a name of `others` may be settled here; false: certainly none is.
    pub(crate) fn may_settle(&self, others: &Self) -> bool {
        self.names & others.names != 0
    }

    /// Appends the lines whose names are not settled in `others`.
    pub(crate) fn write_unsettled(&self, others: &Self, out: &mut Vec<u8>) {
        // What is sent is copied in runs of lines.
        let (mut run, mut at) = (0, 0);
        while at < self.block.len() {
            let line = &self.block[at..];
            let end = memchr::memchr(b'\n', line).map_or(self.block.len(), |end| at + end + 1);
            let name = &line[..memchr::memchr(b':', line).unwrap_or(0)];
            let is_settled = others.names & bit_of(name) != 0
                && std::str::from_utf8(name).is_ok_and(|name| others.is_settled(name));
            if is_settled {
                out.extend_from_slice(&self.block[run..at]);
                run = end;
            }
            at = end;
        }
        out.extend_from_slice(&self.block[run..]);
    }

    /// The lines as they are sent.
    pub(crate) fn lines(&self) -> &[u8] {
        &self.block
    }
}

/// The fields of [`Headers`].
pub struct Iter<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Iter<'a> {
    type Item = (&'a str, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if self.rest.is_empty() {
                return None;
            }
            let end = memchr::memchr(b'\n', self.rest);
            let (line, rest) = match end {
                Some(end) => (&self.rest[..end], &self.rest[end + 1..]),
                None => (self.rest, &[][..]),
            };
            self.rest = rest;
            let Some(colon) = memchr::memchr(b':', line) else {
                continue;
            };
            if let Ok(name) = std::str::from_utf8(&line[..colon]) {
                return Some((name, line[colon + 1..].trim_ascii()));
            }
        }
    }
}

impl<'a> IntoIterator for &'a Headers {
    type Item = (&'a str, &'a [u8]);
    type IntoIter = Iter<'a>;

    fn into_iter(self) -> Iter<'a> {
        self.iter()
    }
}

impl fmt::Debug for Headers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map()
            .entries(
                self.iter()
                    .map(|(name, value)| (name, String::from_utf8_lossy(value))),
            )
            .finish()
    }
}

/// One of 64 bits by the length and the outer letters of a name, whatever their case.
fn bit_of(bytes: &[u8]) -> u64 {
    let letter = |byte: Option<&u8>| usize::from(byte.copied().unwrap_or(0) | 32);
    let mixed = bytes.len() * 31 + letter(bytes.first()) * 7 + letter(bytes.last());
    1 << (mixed % 64)
}

/// `tchar` of RFC 9110, 5.6.2.
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// Whether a value has a forbidden character. Tokens are long: all bytes are looked at, which is done many at a time.
fn has_control(value: &[u8]) -> bool {
    value
        .iter()
        .fold(false, |found, byte| found | is_control(*byte))
}

/// Forbidden characters of a field's value; a tab is allowed.
pub(crate) fn is_control(byte: u8) -> bool {
    byte.is_ascii_control() && byte != b'\t'
}
