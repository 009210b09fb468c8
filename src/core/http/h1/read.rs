//! Parser of responses without I/O: takes bytes in pieces of any size.

use bytes::Bytes;
use tokio::time::Instant;

use super::chunked::{Chunked, over};
use super::head::{self, Framing, HEAD_LIMIT, Head};
use crate::http::message::{ErrorKind, HttpError};

/// Maximum interim responses (1xx) before the final one.
const INFORMATIONAL_LIMIT: u32 = 16;
/// Initial allocation for a body; an announced length alone does not allocate more.
const FIRST_RESERVE: usize = 256 * 1024;

/// Reads one response. A complete response in one piece, the usual case, is read in place:
/// one allocation for the headers and one for the body.
#[derive(Debug)]
pub(crate) struct Reader {
    state: State,
    /// The beginning of an incomplete head.
    carry: Vec<u8>,
    head: Option<Head>,
    body: Vec<u8>,
    whole: Option<Bytes>,
    limit: usize,
    /// The response to HEAD: its lengths describe a body that is not sent.
    bodiless: bool,
    informational: u32,
    leftover: bool,
}

#[derive(Debug)]
enum State {
    Head,
    Length(u64),
    Chunked(Chunked),
    Close,
    Done,
}

/// One response as it was read.
#[derive(Debug)]
pub(crate) struct ReadResponse {
    pub head: Head,
    /// As received, before decoding.
    pub body: Bytes,
    /// Whether the connection is at the end of the message and stays open.
    pub reusable: bool,
    /// When its last byte arrived.
    pub at: Instant,
}

impl Reader {
    /// `limit` is the maximum body in bytes; `bodiless` is for a response to HEAD.
    pub fn new(limit: usize, bodiless: bool) -> Self {
        Self {
            state: State::Head,
            carry: Vec::new(),
            head: None,
            body: Vec::new(),
            whole: None,
            limit,
            bodiless,
            informational: 0,
            leftover: false,
        }
    }

    /// Takes the next bytes; true when the response is complete.
    pub fn push(&mut self, input: &[u8]) -> Result<bool, HttpError> {
        let mut rest = input;
        while matches!(self.state, State::Head) && !rest.is_empty() {
            rest = self.push_head(rest)?;
        }
        let taken = match &mut self.state {
            State::Head => 0,
            State::Done => 0,
            State::Length(left) => {
                let here = usize::try_from(*left).unwrap_or(usize::MAX).min(rest.len());
                *left -= here as u64;
                if *left == 0 {
                    self.state = State::Done;
                    if self.body.is_empty() {
                        self.whole = Some(Bytes::copy_from_slice(&rest[..here]));
                    } else {
                        self.body.extend_from_slice(&rest[..here]);
                    }
                } else {
                    if self.body.is_empty() {
                        let length = usize::try_from(*left).unwrap_or(usize::MAX);
                        self.body
                            .reserve_exact(length.saturating_add(here).min(FIRST_RESERVE));
                    }
                    self.body.extend_from_slice(&rest[..here]);
                }
                here
            }
            State::Chunked(chunked) => {
                let taken = chunked.push(rest, &mut self.body, self.limit)?;
                if chunked.is_done() {
                    self.state = State::Done;
                }
                taken
            }
            State::Close => {
                if rest.len() > self.limit.saturating_sub(self.body.len()) {
                    return Err(over(self.limit));
                }
                self.body.extend_from_slice(rest);
                rest.len()
            }
        };
        let done = matches!(self.state, State::Done);
        self.leftover |= done && taken < rest.len();
        Ok(done)
    }

    /// The connection is closed: the end of a response that is delimited by the close, an error for all others.
    pub fn close(&mut self) -> Result<(), HttpError> {
        match &self.state {
            State::Done => Ok(()),
            State::Close => {
                self.state = State::Done;
                Ok(())
            }
            State::Head if self.carry.is_empty() && self.informational == 0 => Err(HttpError::new(
                ErrorKind::Reset,
                "the connection was closed before a response",
            )),
            State::Head => {
                // Its last bytes were not parsed unless a line ended in them.
                head::parse(&self.carry)?;
                Err(HttpError::truncated(
                    "the connection was closed within the response head",
                ))
            }
            State::Length(left) => Err(HttpError::truncated(format!(
                "the connection was closed {left} bytes before the end of the body, after {}",
                self.body.len()
            ))),
            State::Chunked(_) => Err(HttpError::truncated(format!(
                "the connection was closed within a chunked body, after {} bytes",
                self.body.len()
            ))),
        }
    }

    /// The status, once the final head is complete.
    pub fn status(&self) -> Option<u16> {
        self.head.as_ref().map(|head| head.status)
    }

    /// The response, when it is complete.
    pub fn finish(self, at: Instant) -> Option<ReadResponse> {
        let head = self.head?;
        Some(ReadResponse {
            reusable: head.keep_alive && !self.leftover,
            body: self.whole.unwrap_or_else(|| Bytes::from(self.body)),
            head,
            at,
        })
    }

    /// Continues reading the head and returns the rest after it; none while it is incomplete.
    fn push_head<'a>(&mut self, input: &'a [u8]) -> Result<&'a [u8], HttpError> {
        if self.carry.is_empty() {
            let Some((head, length)) = head::parse(input)? else {
                return self.keep(input);
            };
            fits(length)?;
            self.accept(head)?;
            return Ok(&input[length..]);
        }
        let before = self.carry.len();
        self.carry.extend_from_slice(input);
        // A head ends with a line: without a line end in the new bytes it cannot be complete.
        let parsed = if input.contains(&b'\n') {
            head::parse(&self.carry)?
        } else {
            None
        };
        match parsed {
            Some((head, length)) => {
                fits(length)?;
                self.carry = Vec::new();
                self.accept(head)?;
                Ok(&input[length - before..])
            }
            None => self.keep(&[]),
        }
    }

    fn keep(&mut self, input: &[u8]) -> Result<&'static [u8], HttpError> {
        self.carry.extend_from_slice(input);
        fits(self.carry.len())?;
        Ok(&[])
    }

    fn accept(&mut self, mut head: Head) -> Result<(), HttpError> {
        if head.status == 101 {
            return Err(HttpError::protocol(
                "the response switches protocols, which was not requested",
            ));
        }
        if head.status < 100 {
            return Err(HttpError::protocol(format!(
                "the response has the invalid status {}",
                head.status
            )));
        }
        if head.status < 200 {
            self.informational += 1;
            if self.informational > INFORMATIONAL_LIMIT {
                return Err(HttpError::protocol(format!(
                    "status {} after {} interim responses (1xx)",
                    head.status,
                    self.informational - 1
                )));
            }
            return Ok(());
        }
        let bodiless = self.bodiless || matches!(head.status, 204 | 304);
        self.state = match head.framing {
            _ if bodiless => State::Done,
            Framing::Length(0) => State::Done,
            Framing::Length(length) => State::Length(length),
            Framing::Chunked => State::Chunked(Chunked::default()),
            Framing::Close => {
                head.keep_alive = false;
                State::Close
            }
        };
        self.head = Some(head);
        if let State::Length(length) = self.state {
            let length = usize::try_from(length).unwrap_or(usize::MAX);
            if length > self.limit {
                return Err(over(self.limit));
            }
        }
        Ok(())
    }
}

fn fits(head: usize) -> Result<(), HttpError> {
    if head > HEAD_LIMIT {
        return Err(HttpError::protocol(format!(
            "the response head is over {HEAD_LIMIT} bytes"
        )));
    }
    Ok(())
}
