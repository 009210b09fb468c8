use std::borrow::Cow;
use std::fmt;

use aho_corasick::AhoCorasick;

use super::LONGEST_SECRET;
use super::needles::{self, Needle};
use super::recent;
use super::view::{Plus, View};

/// The replacement of a secret.
pub const MASK: &str = "***";

/// How deeply a text is decoded: JSON in a line of JSON, percent-encoding in it.
const DEPTH: usize = 3;

/// Masks the secrets of a run in texts.
#[derive(Default)]
pub struct Masker {
    fixed: Option<Fixed>,
}

struct Fixed {
    search: AhoCorasick,
    needles: Vec<Needle>,
}

impl Masker {
    /// Masks these, except those that are shorter than [`SHORTEST_SECRET`](super::SHORTEST_SECRET) or longer than
    /// [`LONGEST_SECRET`](super::LONGEST_SECRET).
    ///
    /// # Errors
    /// When there are too many to search for.
    pub fn new<'a>(secrets: impl IntoIterator<Item = &'a str>) -> Result<Self, String> {
        let needles: Vec<Needle> = secrets
            .into_iter()
            .filter(|secret| secret.len() <= LONGEST_SECRET)
            .flat_map(needles::forms)
            .collect();
        if needles.is_empty() {
            return Ok(Self::default());
        }
        let search = AhoCorasick::new(needles.iter().map(|needle| &needle.bytes))
            .map_err(|why| format!("too many secrets to mask: {why}"))?;
        Ok(Self {
            fixed: Some(Fixed { search, needles }),
        })
    }

    /// Masks a text of any format.
    pub fn text<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if self.knows_nothing() {
            return Cow::Borrowed(text);
        }
        let mut spans = Vec::new();
        self.look(&View::of(text.as_bytes()), DEPTH, &mut spans);
        without(text, spans)
    }

    /// Masks a text in JSON or Prometheus format: quoted strings except keys of objects, so that the format
    /// stays valid whatever the secrets are.
    pub fn quoted<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if self.knows_nothing() {
            return Cow::Borrowed(text);
        }
        let mut spans = Vec::new();
        let mut at = 0;
        while let Some(start) = text[at..].find('"').map(|found| at + found + 1) {
            let end = end_of_string(text, start);
            if !text[end..].starts_with("\":") && !text[end..].starts_with("\" :") {
                let mut inside = Vec::new();
                let view = View::of(&text.as_bytes()[start..end]);
                if view.bytes.contains(&b'\\') {
                    // In escaped form, a secret that ends with \ would end within an escape.
                    self.look(&view.without_escapes(), DEPTH - 1, &mut inside);
                } else {
                    self.look(&view, DEPTH, &mut inside);
                }
                spans.extend(inside.iter().map(|(from, to)| (start + from, start + to)));
            }
            at = (end + 1).min(text.len());
        }
        without(text, spans)
    }

    /// As [`Masker::text`], for an owned text.
    pub fn owned(&self, text: String) -> String {
        match self.text(&text) {
            Cow::Owned(masked) => masked,
            Cow::Borrowed(_) => text,
        }
    }

    fn knows_nothing(&self) -> bool {
        self.fixed.is_none() && recent::is_empty()
    }

    fn look(&self, view: &View<'_>, depth: usize, spans: &mut Vec<(usize, usize)>) {
        let bytes = &*view.bytes;
        let mut found = |from, to| spans.push(view.place(from, to));
        if let Some(fixed) = &self.fixed {
            for found_one in fixed.search.find_overlapping_iter(bytes) {
                let (mut from, mut to) = (found_one.start(), found_one.end());
                if fixed.needles[found_one.pattern().as_usize()].in_base64 {
                    let before = bytes[..from].iter().rev();
                    from -= before.take_while(|byte| is_base64(**byte)).count();
                    to += bytes[to..]
                        .iter()
                        .take_while(|byte| is_base64(**byte))
                        .count();
                }
                found(from, to);
            }
        }
        recent::find(bytes, &mut found);
        if depth == 0 {
            return;
        }
        if bytes.contains(&b'%') {
            self.look(&view.without_percents(Plus::Itself), depth - 1, spans);
        }
        if bytes.contains(&b'+') {
            self.look(&view.without_percents(Plus::Space), depth - 1, spans);
        }
        if bytes.contains(&b'\\') {
            self.look(&view.without_escapes(), depth - 1, spans);
        }
    }
}

/// Used only in messages of tests, without the secrets.
impl fmt::Debug for Masker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Masker(***)")
    }
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_' | b'=')
}

/// The closing quote of the string that began at `start`; the text's end if there is none.
fn end_of_string(text: &str, start: usize) -> usize {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(start) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at,
            _ => {}
        }
    }
    text.len()
}

/// The text with these ranges, which may overlap, masked.
fn without(text: &str, mut spans: Vec<(usize, usize)>) -> Cow<'_, str> {
    if spans.is_empty() {
        return Cow::Borrowed(text);
    }
    spans.sort_unstable();
    let mut masked = String::with_capacity(text.len());
    let mut at = 0;
    let mut spans = spans.into_iter().peekable();
    while let Some((from, mut to)) = spans.next() {
        while let Some((_, next)) = spans.next_if(|(from, _)| *from <= to) {
            to = to.max(next);
        }
        let from = floor(text, from);
        masked.push_str(&text[at.min(from)..from]);
        masked.push_str(MASK);
        at = ceiling(text, to);
    }
    masked.push_str(&text[at..]);
    Cow::Owned(masked)
}

fn floor(text: &str, at: usize) -> usize {
    (0..=at)
        .rev()
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(0)
}

fn ceiling(text: &str, at: usize) -> usize {
    (at..text.len())
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(text.len())
}
