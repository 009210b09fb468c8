//! The text of a pattern as a list of items.
//!
//! Patterns have no alternatives and no groups that repeat, so the items are met in one order only: which captures are
//! open or closed at an item is known here. A fault becomes an item too, since Lua raises it only when the match gets
//! there.

use super::set::Set;
use super::{MAX_CAPTURES, PatternError};

/// A pattern, ready to match.
#[derive(Clone, Debug)]
pub struct Pattern {
    pub(super) items: Vec<Item>,
    /// `^` at the beginning.
    pub(super) anchored: bool,
    /// Captures begun, and whether each has its end.
    pub(super) closed: Vec<bool>,
}

#[derive(Clone, Debug)]
pub(super) enum Item {
    /// A single byte, so many times.
    One(Single, Repeat),
    Open(usize),
    Close(usize),
    /// `()`: the place itself.
    Place(usize),
    /// `%1`: what a capture holds, once more.
    Again(usize),
    /// `%bxy`.
    Balance(u8, u8),
    /// `%f[set]`.
    Frontier(Set),
    /// `$` at the end.
    End,
    PatternError(PatternError),
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Single {
    Any,
    Byte(u8),
    Set(Set),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Repeat {
    Once,
    Optional,
    Star,
    Plus,
    Lazy,
}

impl Single {
    pub(super) fn holds(&self, byte: u8) -> bool {
        match self {
            Single::Any => true,
            Single::Byte(own) => *own == byte,
            Single::Set(set) => set.contains(byte),
        }
    }
}

impl Pattern {
    /// Reads a pattern where `^` at the beginning is an anchor (`find`, `match`, `gsub`).
    pub fn new(text: &[u8]) -> Self {
        match text {
            [b'^', rest @ ..] => Pattern::parse(rest, true),
            text => Pattern::parse(text, false),
        }
    }

    /// Reads a pattern where `^` at the beginning is a plain character (`gmatch`).
    pub fn unanchored(text: &[u8]) -> Self {
        Pattern::parse(text, false)
    }

    fn parse(text: &[u8], anchored: bool) -> Self {
        let mut parser = Parser {
            rest: text,
            pattern: Pattern {
                items: Vec::with_capacity(text.len()),
                anchored,
                closed: Vec::new(),
            },
        };
        if let Err(fault) = parser.all() {
            parser.pattern.items.push(Item::PatternError(fault));
        }
        parser.pattern
    }

    /// The byte that every match begins with, if the pattern says so.
    pub(super) fn first(&self) -> Option<u8> {
        let starts = |item: &&Item| !matches!(item, Item::Open(_) | Item::Place(_));
        match self.items.iter().find(starts)? {
            Item::One(Single::Byte(byte), Repeat::Once | Repeat::Plus) => Some(*byte),
            _ => None,
        }
    }
}

/// True for a text without a special character, which plain search finds.
pub(super) fn is_plain(text: &[u8]) -> bool {
    !text.iter().any(|byte| b"^$*+?.([%-".contains(byte))
}

struct Parser<'a> {
    rest: &'a [u8],
    pattern: Pattern,
}

impl Parser<'_> {
    fn all(&mut self) -> Result<(), PatternError> {
        while let [byte, after @ ..] = self.rest {
            let item = match (byte, after) {
                (b'(', [b')', after @ ..]) => {
                    self.rest = after;
                    Item::Place(self.capture(true)?)
                }
                (b'(', _) => {
                    self.rest = after;
                    Item::Open(self.capture(false)?)
                }
                (b')', _) => {
                    self.rest = after;
                    let open = self.pattern.closed.iter().rposition(|closed| !closed);
                    let open = open.ok_or(PatternError::CloseWithoutOpen)?;
                    self.pattern.closed[open] = true;
                    Item::Close(open)
                }
                (b'$', []) => {
                    self.rest = after;
                    Item::End
                }
                (b'%', [b'b', after @ ..]) => {
                    let [open, close, after @ ..] = after else {
                        return Err(PatternError::BalanceArguments);
                    };
                    self.rest = after;
                    Item::Balance(*open, *close)
                }
                (b'%', [b'f', after @ ..]) => {
                    let [b'[', after @ ..] = after else {
                        return Err(PatternError::FrontierSet);
                    };
                    self.rest = after;
                    Item::Frontier(self.brackets()?)
                }
                (b'%', [digit @ b'0'..=b'9', after @ ..]) => {
                    self.rest = after;
                    let number = i32::from(digit - b'0');
                    let index = usize::try_from(number - 1).ok();
                    let closed =
                        index.filter(|index| self.pattern.closed.get(*index) == Some(&true));
                    Item::Again(closed.ok_or(PatternError::CaptureIndex(number))?)
                }
                _ => Item::One(self.single(*byte)?, self.repeat()),
            };
            self.pattern.items.push(item);
        }
        Ok(())
    }

    fn capture(&mut self, closed: bool) -> Result<usize, PatternError> {
        let index = self.pattern.closed.len();
        if index == MAX_CAPTURES {
            return Err(PatternError::TooManyCaptures);
        }
        self.pattern.closed.push(closed);
        Ok(index)
    }

    fn single(&mut self, byte: u8) -> Result<Single, PatternError> {
        self.rest = &self.rest[1..];
        match byte {
            b'.' => Ok(Single::Any),
            b'[' => Ok(Single::Set(self.brackets()?)),
            b'%' => {
                let [letter, after @ ..] = self.rest else {
                    return Err(PatternError::EndsWithEscape);
                };
                self.rest = after;
                Ok(Set::class(*letter).map_or(Single::Byte(*letter), Single::Set))
            }
            byte => Ok(Single::Byte(byte)),
        }
    }

    /// A set whose `[` is passed. Its first character may be `]` itself, and `%` takes the next one with it.
    fn brackets(&mut self) -> Result<Set, PatternError> {
        let text = self.rest;
        let mut end = usize::from(text.first() == Some(&b'^'));
        loop {
            match text.get(end) {
                None => return Err(PatternError::OpenSet),
                Some(b'%') => end += 2,
                Some(_) => end += 1,
            }
            if text.get(end) == Some(&b']') {
                break;
            }
        }
        self.rest = &text[end + 1..];
        Ok(Set::brackets(&text[..end]))
    }

    fn repeat(&mut self) -> Repeat {
        let repeat = match self.rest.first() {
            Some(b'?') => Repeat::Optional,
            Some(b'*') => Repeat::Star,
            Some(b'+') => Repeat::Plus,
            Some(b'-') => Repeat::Lazy,
            _ => return Repeat::Once,
        };
        self.rest = &self.rest[1..];
        repeat
    }
}
