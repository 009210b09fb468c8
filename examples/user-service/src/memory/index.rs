//! Lists and searches over things that grow by the hundred thousand: for each search that was made, which of them it finds.

use std::collections::BTreeSet;
use std::iter::Peekable;

use rustc_hash::FxHashMap;

/// Searches that are kept; with more, all are made anew.
const MOST_SEARCHES: usize = 256;

/// What a list is narrowed by, beside the state: texts in small letters. Empty ones let everything through.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Search {
    /// Part of a name.
    pub needle: String,
    /// Of permissions: the resource, whole.
    pub resource: String,
}

/// Whether a thing is out of sight, and whether it is active.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct State {
    pub deleted: bool,
    pub active: bool,
}

impl State {
    fn place(self) -> usize {
        usize::from(self.deleted) * 2 + usize::from(self.active)
    }
}

/// What a thing was.
pub struct Before<'a> {
    pub state: State,
    /// Whether a search found it; none where the same searches find it now.
    pub fits: Option<&'a dyn Fn(&Search) -> bool>,
}

/// Numbers of things, by what finds them.
#[derive(Debug, Default)]
pub struct Index(FxHashMap<Search, [BTreeSet<u32>; 4]>);

impl Index {
    /// A thing is there, or is another than it was.
    pub fn put(
        &mut self,
        number: u32,
        before: Option<Before<'_>>,
        now: State,
        fits: impl Fn(&Search) -> bool,
    ) {
        for (search, places) in &mut self.0 {
            let stays = fits(search);
            let was = before
                .as_ref()
                .filter(|before| before.fits.map_or(stays, |fitted| fitted(search)));
            match was {
                Some(was) if stays && was.state == now => {}
                _ => {
                    if let Some(was) = was {
                        places[was.state.place()].remove(&number);
                    }
                    if stays {
                        places[now.place()].insert(number);
                    }
                }
            }
        }
    }

    /// A thing is gone.
    pub fn remove(&mut self, number: u32, before: State) {
        for places in self.0.values_mut() {
            places[before.place()].remove(&number);
        }
    }

    /// How many things a search finds, and the numbers of those of one page, the oldest or the newest first. `all` are the
    /// things there are, for a search that is made for the first time.
    pub fn page<I>(&mut self, asked: &Asked<'_>, all: impl FnOnce() -> I) -> (u64, Vec<u32>)
    where
        I: Iterator<Item = (u32, State, bool)>,
    {
        if !self.0.contains_key(asked.search) {
            if self.0.len() >= MOST_SEARCHES {
                self.0.clear();
            }
            let mut places = <[BTreeSet<u32>; 4]>::default();
            for (number, state, fits) in all() {
                if fits {
                    places[state.place()].insert(number);
                }
            }
            self.0.insert(asked.search.clone(), places);
        }
        let Some(places) = self.0.get(asked.search) else {
            return (0, Vec::new());
        };
        let of = |active| {
            let deleted = asked.deleted;
            &places[State { deleted, active }.place()]
        };
        let none = BTreeSet::new();
        let (one, other) = match asked.active {
            Some(active) => (of(active), &none),
            None => (of(true), of(false)),
        };
        let total = one.len() + other.len();
        let numbers = if asked.newest_first {
            let merged = Merged::new(one.iter().rev(), other.iter().rev(), |one, other| {
                one > other
            });
            merged
                .skip(asked.offset)
                .take(asked.limit)
                .copied()
                .collect()
        } else {
            let merged = Merged::new(one.iter(), other.iter(), |one, other| one < other);
            merged
                .skip(asked.offset)
                .take(asked.limit)
                .copied()
                .collect()
        };
        (total as u64, numbers)
    }
}

/// Which page of which search.
#[derive(Debug)]
pub struct Asked<'a> {
    pub search: &'a Search,
    pub deleted: bool,
    /// None: both.
    pub active: Option<bool>,
    pub newest_first: bool,
    pub offset: usize,
    pub limit: usize,
}

/// Two sorted runs as one.
struct Merged<'a, I: Iterator<Item = &'a u32>> {
    one: Peekable<I>,
    other: Peekable<I>,
    comes_first: fn(&u32, &u32) -> bool,
}

impl<'a, I: Iterator<Item = &'a u32>> Merged<'a, I> {
    fn new(one: I, other: I, comes_first: fn(&u32, &u32) -> bool) -> Self {
        Self {
            one: one.peekable(),
            other: other.peekable(),
            comes_first,
        }
    }
}

impl<'a, I: Iterator<Item = &'a u32>> Iterator for Merged<'a, I> {
    type Item = &'a u32;

    fn next(&mut self) -> Option<&'a u32> {
        match (self.one.peek(), self.other.peek()) {
            (Some(one), Some(other)) if !(self.comes_first)(one, other) => self.other.next(),
            (Some(_), _) => self.one.next(),
            _ => self.other.next(),
        }
    }
}
