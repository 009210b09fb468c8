//! The search of a pattern in a text: backtracking, with a number of steps and without recursion.

use super::parse::{Item, Pattern, Repeat, Single};
use super::{BASE_STEPS, PatternError, STEPS_PER_BYTE};

/// What a capture holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Capture {
    /// From, to (bytes from 0, the end excluded).
    Span(usize, usize),
    /// `()`: a place, from 0.
    Place(usize),
}

/// A match: from, to (bytes from 0, the end excluded). Its captures are asked of the matcher.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Match {
    pub from: usize,
    pub to: usize,
}

/// One pattern over one text, with the steps that are left for all searches together.
#[derive(Debug)]
pub struct Matcher {
    pattern: Pattern,
    first: Option<u8>,
    captures: Vec<Capture>,
    /// The ways not yet tried: at most one for each item that repeats.
    choices: Vec<Choice>,
    steps: u64,
    most: u64,
}

/// A repeated item that can take another number of bytes.
#[derive(Clone, Copy, Debug)]
enum Choice {
    /// Took as many as it could: may give back, down to `least`.
    Greedy {
        item: usize,
        least: usize,
        to: usize,
    },
    /// Took as few as it could: may take one more.
    Lazy { item: usize, to: usize },
}

impl Matcher {
    /// The steps grow with the length of the text, so that any text can be read through.
    pub fn new(pattern: Pattern, text: &[u8]) -> Self {
        Matcher {
            first: pattern.first(),
            captures: vec![Capture::Place(0); pattern.closed.len()],
            choices: Vec::new(),
            steps: 0,
            most: BASE_STEPS + STEPS_PER_BYTE * text.len() as u64,
            pattern,
        }
    }

    /// Steps taken so far.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// True when the pattern matches only where the search begins.
    pub fn anchored(&self) -> bool {
        self.pattern.anchored
    }

    /// The first match that begins at `from` or later.
    ///
    /// # Errors
    /// A malformed pattern, when the match meets the place; [`PatternError::Steps`].
    pub fn search(&mut self, text: &[u8], from: usize) -> Result<Option<Match>, PatternError> {
        let mut from = from;
        loop {
            if let (Some(first), false) = (self.first, self.pattern.anchored) {
                let Some(skipped) = memchr::memchr(first, &text[from..]) else {
                    return Ok(None);
                };
                self.spend(skipped / 16)?;
                from += skipped;
            }
            if let Some(to) = self.at(text, from)? {
                return Ok(Some(Match { from, to }));
            }
            if self.pattern.anchored || from >= text.len() {
                return Ok(None);
            }
            from += 1;
        }
    }

    /// The end of the match that begins exactly at `from`.
    ///
    /// # Errors
    /// As [`Matcher::search`].
    pub fn at(&mut self, text: &[u8], from: usize) -> Result<Option<usize>, PatternError> {
        self.choices.clear();
        let (mut item, mut at) = (0, from);
        loop {
            self.spend(1)?;
            if item == self.pattern.items.len() {
                return Ok(Some(at));
            }
            match self.pass(text, item, at)? {
                Some(to) => (item, at) = (item + 1, to),
                None => match self.back(text)? {
                    Some(way) => (item, at) = way,
                    None => return Ok(None),
                },
            }
        }
    }

    /// The captures of the last match; a pattern without captures has the whole match as its one capture.
    ///
    /// # Errors
    /// [`PatternError::UnfinishedCapture`].
    pub fn captures(&self, whole: Match) -> Result<Vec<Capture>, PatternError> {
        (0..self.count().max(1))
            .map(|index| self.capture(whole, index))
            .collect()
    }

    /// How many captures the pattern has.
    pub fn count(&self) -> usize {
        self.pattern.closed.len()
    }

    /// One capture of the last match, from 0; the whole match for 0 when the pattern has none.
    ///
    /// # Errors
    /// [`PatternError::UnfinishedCapture`]; [`PatternError::CaptureIndex`] for one that the pattern has not.
    pub fn capture(&self, whole: Match, index: usize) -> Result<Capture, PatternError> {
        match self.pattern.closed.get(index) {
            Some(true) => Ok(self.captures[index]),
            Some(false) => Err(PatternError::UnfinishedCapture),
            None if index == 0 => Ok(Capture::Span(whole.from, whole.to)),
            None => Err(PatternError::CaptureIndex(index as i32 + 1)),
        }
    }

    fn spend(&mut self, steps: usize) -> Result<(), PatternError> {
        self.steps += steps as u64;
        if self.steps > self.most {
            return Err(PatternError::Steps(self.most));
        }
        Ok(())
    }

    /// Where the item ends when it begins at `at`, in the first of its ways; the others become a choice.
    fn pass(&mut self, text: &[u8], item: usize, at: usize) -> Result<Option<usize>, PatternError> {
        let next = text.get(at).copied();
        Ok(match &self.pattern.items[item] {
            Item::One(single, repeat) => {
                let here = next.is_some_and(|byte| single.holds(byte));
                match repeat {
                    Repeat::Once => here.then_some(at + 1),
                    Repeat::Plus if !here => None,
                    Repeat::Optional if here => {
                        self.choices.push(Choice::Greedy {
                            item,
                            least: at,
                            to: at + 1,
                        });
                        Some(at + 1)
                    }
                    Repeat::Star | Repeat::Plus if here => {
                        let least = at + usize::from(*repeat == Repeat::Plus);
                        let to = run(single, text, at);
                        self.choices.push(Choice::Greedy { item, least, to });
                        self.spend(to - at)?;
                        Some(to)
                    }
                    Repeat::Lazy if here => {
                        self.choices.push(Choice::Lazy { item, to: at });
                        Some(at)
                    }
                    _ => Some(at),
                }
            }
            Item::Open(index) => {
                self.captures[*index] = Capture::Span(at, at);
                Some(at)
            }
            Item::Close(index) => {
                if let Capture::Span(_, to) = &mut self.captures[*index] {
                    *to = at;
                }
                Some(at)
            }
            Item::Place(index) => {
                self.captures[*index] = Capture::Place(at);
                Some(at)
            }
            Item::Again(index) => match self.captures[*index] {
                Capture::Span(from, to) => {
                    let same = text[at..].starts_with(&text[from..to]);
                    self.spend((to - from) / 16)?;
                    same.then_some(at + to - from)
                }
                Capture::Place(_) => None,
            },
            Item::Balance(open, close) => {
                let (open, close) = (*open, *close);
                if next == Some(open) {
                    let end = balance(open, close, text, at);
                    self.spend(end.unwrap_or(text.len()) - at)?;
                    end
                } else {
                    None
                }
            }
            Item::Frontier(set) => {
                // Both ends of the text count as the byte 0.
                let before = at.checked_sub(1).map_or(0, |before| text[before]);
                (!set.contains(before) && set.contains(next.unwrap_or(0))).then_some(at)
            }
            Item::End => next.is_none().then_some(at),
            Item::PatternError(fault) => return Err(fault.clone()),
        })
    }

    /// The next way not yet tried: the item after the choice and where it begins.
    ///
    /// Captures need no care here: an item is met at most once on a way, so whatever lies behind the choice is set anew.
    fn back(&mut self, text: &[u8]) -> Result<Option<(usize, usize)>, PatternError> {
        while let Some(choice) = self.choices.last_mut() {
            match choice {
                Choice::Greedy { item, least, to } if *to > *least => {
                    *to -= 1;
                    return Ok(Some((*item + 1, *to)));
                }
                Choice::Lazy { item, to } => {
                    let more =
                        |single: &Single| text.get(*to).is_some_and(|byte| single.holds(*byte));
                    if let Item::One(single, _) = &self.pattern.items[*item]
                        && more(single)
                    {
                        *to += 1;
                        return Ok(Some((*item + 1, *to)));
                    }
                }
                Choice::Greedy { .. } => {}
            }
            self.choices.pop();
            self.spend(1)?;
        }
        Ok(None)
    }
}

/// The end of the longest run of bytes that the item holds.
fn run(single: &Single, text: &[u8], at: usize) -> usize {
    let rest = &text[at..];
    at + rest
        .iter()
        .position(|byte| !single.holds(*byte))
        .unwrap_or(rest.len())
}

/// The place behind the `close` that belongs to the `open` at `at`.
fn balance(open: u8, close: u8, text: &[u8], at: usize) -> Option<usize> {
    let mut depth = 1_usize;
    for (place, byte) in text.iter().enumerate().skip(at + 1) {
        if *byte == close {
            depth -= 1;
            if depth == 0 {
                return Some(place + 1);
            }
        } else if *byte == open {
            depth += 1;
        }
    }
    None
}
