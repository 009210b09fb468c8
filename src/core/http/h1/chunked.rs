//! Streaming decoder of the chunked transfer coding (RFC 9112, 7.1).

use crate::http::message::HttpError;

/// Maximum size line (with its extensions) and maximum total of trailers, in bytes.
const LINE_LIMIT: usize = 8 * 1024;

/// A decoder that takes bytes in pieces of any size.
#[derive(Debug, Default)]
pub(crate) struct Chunked {
    state: State,
    /// The size being read, then the remaining bytes of the chunk.
    left: u64,
    /// Bytes of the size line or of the trailers so far.
    line: usize,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Before the first digit of a size.
    #[default]
    Size,
    /// After at least one digit.
    Digits,
    /// In white space after the size, which only an extension may follow.
    Blank,
    /// In an extension, which is ignored.
    Extension,
    SizeLf,
    Data,
    DataCr,
    DataLf,
    /// At the start of a trailer line, which may be the final empty one.
    TrailerStart,
    Trailer,
    TrailerLf,
    EndLf,
    Done,
}

impl Chunked {
    /// Consumes `input`, appends data to `body`, and returns the consumed length: less than
    /// all of it only when the body is complete.
    pub fn push(
        &mut self,
        input: &[u8],
        body: &mut Vec<u8>,
        limit: usize,
    ) -> Result<usize, HttpError> {
        let mut at = 0;
        while at < input.len() && self.state != State::Done {
            if self.state == State::Data {
                at += self.take(&input[at..], body, limit)?;
            } else {
                self.state = self.step(input[at])?;
                at += 1;
            }
        }
        Ok(at)
    }

    pub fn is_done(&self) -> bool {
        self.state == State::Done
    }

    fn take(&mut self, input: &[u8], body: &mut Vec<u8>, limit: usize) -> Result<usize, HttpError> {
        let here = usize::try_from(self.left)
            .unwrap_or(usize::MAX)
            .min(input.len());
        if here > limit.saturating_sub(body.len()) {
            return Err(over(limit));
        }
        body.extend_from_slice(&input[..here]);
        self.left -= here as u64;
        if self.left == 0 {
            self.state = State::DataCr;
        }
        Ok(here)
    }

    fn step(&mut self, byte: u8) -> Result<State, HttpError> {
        let next = match (self.state, byte) {
            (State::Size | State::Digits, b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F') => {
                self.digit(byte)?;
                State::Digits
            }
            (State::Digits | State::Blank | State::Extension, b'\r') => State::SizeLf,
            (State::TrailerStart, b'\r') => State::EndLf,
            (State::Trailer, b'\r') => State::TrailerLf,
            (State::Digits | State::Blank, b' ' | b'\t') => self.count(State::Blank)?,
            (State::Digits | State::Blank, b';') => self.count(State::Extension)?,
            (State::Extension, other) if other != b'\n' => self.count(State::Extension)?,
            (State::SizeLf, b'\n') => {
                self.line = 0;
                if self.left == 0 {
                    State::TrailerStart
                } else {
                    State::Data
                }
            }
            (State::DataCr, b'\r') => State::DataLf,
            (State::DataLf, b'\n') => State::Size,
            (State::TrailerLf, b'\n') => State::TrailerStart,
            (State::TrailerStart | State::Trailer, other) if other != b'\n' => {
                self.count(State::Trailer)?
            }
            (State::EndLf, b'\n') => State::Done,
            (state, other) => {
                return Err(HttpError::protocol(format!(
                    "invalid chunked body: byte {other:#04x} {}",
                    state.place()
                )));
            }
        };
        Ok(next)
    }

    fn digit(&mut self, byte: u8) -> Result<(), HttpError> {
        let value = match byte {
            b'0'..=b'9' => byte - b'0',
            _ => (byte | 32) - b'a' + 10,
        };
        self.count(State::Digits)?;
        self.left = self
            .left
            .checked_mul(16)
            .map(|size| size + u64::from(value))
            .ok_or_else(|| {
                HttpError::protocol("invalid chunked body: a chunk size over 64 bits")
            })?;
        Ok(())
    }

    fn count(&mut self, next: State) -> Result<State, HttpError> {
        self.line += 1;
        if self.line > LINE_LIMIT {
            return Err(HttpError::protocol(format!(
                "invalid chunked body: a size line or trailers over {LINE_LIMIT} bytes"
            )));
        }
        Ok(next)
    }
}

impl State {
    fn place(self) -> &'static str {
        match self {
            Self::Size | Self::Digits => "in a chunk size",
            Self::Blank | Self::Extension | Self::SizeLf => "at the end of a chunk size",
            Self::Data | Self::DataCr | Self::DataLf => "after a chunk",
            Self::TrailerStart | Self::Trailer | Self::TrailerLf => "in the trailers",
            Self::EndLf | Self::Done => "at the end",
        }
    }
}

/// The error of a body over the limit.
pub(crate) fn over(limit: usize) -> HttpError {
    HttpError::too_large(format!("the body is over the limit of {limit} bytes"))
}
