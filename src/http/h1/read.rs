//! An answer from the bytes of a connection, without any I/O: bytes in, in pieces of any size; the answer out.

use std::time::Instant;

use bytes::Bytes;

use super::chunked::{Chunked, over};
use super::head::{self, Framing, HEAD_LIMIT, Head};
use crate::http::message::{ErrorKind, HttpError};

/// The most answers of the kind 1xx before the final one.
const INFORMATIONAL_LIMIT: u32 = 16;
/// What is set aside for a body at once; a length that was only said earns no more.
const FIRST_RESERVE: usize = 256 * 1024;

/// Reads one answer. A complete answer in one piece, the usual case, is read where it lies:
/// one allocation for the headers and one for the body.
#[derive(Debug)]
pub(crate) struct Reader {
    state: State,
    /// The begin of a head whose end has not come.
    carry: Vec<u8>,
    head: Option<Head>,
    body: Vec<u8>,
    whole: Option<Bytes>,
    limit: usize,
    /// The answer to HEAD: lengths speak of a body that does not come.
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

/// One answer as it was read.
#[derive(Debug)]
pub(crate) struct Answer {
    pub head: Head,
    /// As it came, before decoding.
    pub body: Bytes,
    /// Whether the connection is at a clean end of a message and stays open.
    pub reusable: bool,
    /// When its last byte came.
    pub at: Instant,
}

impl Reader {
    /// `limit` is the longest body in bytes; `bodiless` holds for an answer to HEAD.
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

    /// Takes the next bytes; true when the answer is complete.
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

    /// The connection is closed: the end of an answer that is told so, a fault in all others.
    pub fn close(&mut self) -> Result<(), HttpError> {
        match &self.state {
            State::Done => Ok(()),
            State::Close => {
                self.state = State::Done;
                Ok(())
            }
            State::Head if self.carry.is_empty() && self.informational == 0 => Err(HttpError::new(
                ErrorKind::Reset,
                "the connection was closed before an answer",
            )),
            State::Head => {
                // Its last bytes were not looked at unless a line ended in them.
                head::parse(&self.carry)?;
                Err(HttpError::truncated(
                    "the connection was closed within the head of the answer",
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

    /// The status, once the final head is there.
    pub fn status(&self) -> Option<u16> {
        self.head.as_ref().map(|head| head.status)
    }

    /// The answer, when it is complete.
    pub fn finish(self, at: Instant) -> Option<Answer> {
        let head = self.head?;
        Some(Answer {
            reusable: head.keep_alive && !self.leftover,
            body: self.whole.unwrap_or_else(|| Bytes::from(self.body)),
            head,
            at,
        })
    }

    /// Reads on in the head and returns what lies after it; nothing while it has no end.
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
        // A head ends with a line: without one among the new bytes there is nothing to look for.
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
                "the answer switches protocols, unasked",
            ));
        }
        if head.status < 100 {
            return Err(HttpError::protocol(format!(
                "the answer has the status {}, which there is not",
                head.status
            )));
        }
        if head.status < 200 {
            self.informational += 1;
            if self.informational > INFORMATIONAL_LIMIT {
                return Err(HttpError::protocol(format!(
                    "status {} after {} answers of the kind 1xx",
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
            "the head of the answer is over {HEAD_LIMIT} bytes"
        )));
    }
    Ok(())
}
