//! Reading Rust just far enough: what is left without comments and strings, and which rooms its paths name.

use std::ops::Range;

use super::rules::Room;

/// The code without comments and the insides of strings; line ends stay where they are.
pub fn bare(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for range in opaque(text) {
        out.push_str(&text[at..range.start]);
        out.extend(text[range.clone()].chars().filter(|c| *c == '\n'));
        out.push(' ');
        at = range.end;
    }
    out + &text[at..]
}

/// Where comments, strings and characters in quotes are.
pub fn opaque(text: &str) -> Vec<Range<usize>> {
    let (places, chars): (Vec<usize>, Vec<char>) = text.char_indices().unzip();
    let place = |at: usize| places.get(at).copied().unwrap_or(text.len());
    let mut found = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let end = match chars[at] {
            '/' if chars.get(at + 1) == Some(&'/') => line_end(&chars, at),
            '/' if chars.get(at + 1) == Some(&'*') => block_end(&chars, at),
            '"' => string_end(&chars, at),
            'r' if raw_hashes(&chars, at).is_some() => raw_end(&chars, at),
            '\'' => char_end(&chars, at),
            _ => at,
        };
        if end == at {
            at += 1;
        } else {
            found.push(place(at)..place(end));
            at = end;
        }
    }
    found
}

fn line_end(chars: &[char], start: usize) -> usize {
    (start..chars.len())
        .find(|at| chars[*at] == '\n')
        .unwrap_or(chars.len())
}

fn block_end(chars: &[char], start: usize) -> usize {
    let (mut depth, mut at) = (1, start + 2);
    while at + 1 < chars.len() && depth > 0 {
        match (chars[at], chars[at + 1]) {
            ('/', '*') => (depth, at) = (depth + 1, at + 2),
            ('*', '/') => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
    }
    if depth > 0 { chars.len() } else { at }
}

fn string_end(chars: &[char], start: usize) -> usize {
    let mut at = start + 1;
    while at < chars.len() {
        match chars[at] {
            '\\' => at += 2,
            '"' => return at + 1,
            _ => at += 1,
        }
    }
    chars.len()
}

/// The number of # of a raw string that begins here.
fn raw_hashes(chars: &[char], start: usize) -> Option<usize> {
    let inside_a_word = start > 0
        && (chars[start - 1].is_alphanumeric() && chars[start - 1] != 'b'
            || chars[start - 1] == '_');
    let hashes = chars[start + 1..].iter().take_while(|c| **c == '#').count();
    (!inside_a_word && chars.get(start + 1 + hashes) == Some(&'"')).then_some(hashes)
}

fn raw_end(chars: &[char], start: usize) -> usize {
    let hashes = raw_hashes(chars, start).unwrap_or(0);
    let closes = |at: usize| {
        chars[at] == '"'
            && chars[at + 1..]
                .iter()
                .take(hashes)
                .filter(|c| **c == '#')
                .count()
                == hashes
    };
    (start + hashes + 2..chars.len())
        .find(|at| closes(*at))
        .map_or(chars.len(), |at| at + 1 + hashes)
}

/// A character in quotes; a lifetime has no second quote.
fn char_end(chars: &[char], start: usize) -> usize {
    match chars.get(start + 1) {
        Some('\\') => (start + 3..chars.len())
            .find(|at| chars[*at] == '\'')
            .map_or(start, |at| at + 1),
        Some(_) if chars.get(start + 2) == Some(&'\'') => start + 3,
        _ => start,
    }
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Whether the line has the word (or path of words) with nothing of a name around it.
pub fn words(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        !line[..at].ends_with(is_name) && !line[at + word.len()..].starts_with(is_name)
    })
}

/// The first names of paths from the root of a crate, with their lines: `crate::a`, `throng::{a, b::c}`, and `super::`
/// often enough.
pub fn paths_to_rooms(code: &str, depth: usize) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for root in ["crate", "throng", "throng_core"] {
        for (at, _) in code.match_indices(&format!("{root}::")) {
            let before = &code[..at];
            if !before.ends_with(|c| is_name(c) || c == '$') {
                found.extend(first_names(code, at + root.len() + 2));
            }
        }
    }
    // A room that is a crate.
    for (at, _) in code.match_indices("throng_") {
        let (line, name) = first_names(code, at + "throng_".len()).remove(0);
        if Room::named(&name).is_some() && !code[..at].ends_with(is_name) {
            found.push((line, name));
        }
    }
    let mut at = 0;
    while let Some(next) = code[at..].find("super::") {
        let start = at + next;
        at = start;
        let mut supers = 0;
        while code[at..].starts_with("super::") {
            supers += 1;
            at += "super::".len();
        }
        if supers >= depth {
            found.extend(first_names(code, at));
        }
    }
    found
}

/// The name at `start`, or the first names of each path in the braces there.
fn first_names(code: &str, start: usize) -> Vec<(usize, String)> {
    let named = |at: usize| {
        let name: String = code[at..].chars().take_while(|c| is_name(*c)).collect();
        (code[..at].matches('\n').count() + 1, name)
    };
    let rest = &code[start..];
    if !rest.trim_start().starts_with('{') {
        return vec![named(start)];
    }
    let (mut depth, mut names, mut expecting) = (0, Vec::new(), false);
    for (offset, c) in rest.char_indices() {
        match c {
            '{' => (depth, expecting) = (depth + 1, depth == 0),
            '}' if depth == 1 => break,
            '}' => depth -= 1,
            ',' => expecting = depth == 1,
            _ if expecting && !c.is_whitespace() => {
                names.push(named(start + offset));
                expecting = false;
            }
            _ => {}
        }
    }
    names
}
