use std::collections::HashSet;

use crate::import::Place;
use crate::import::exchange::Exchange;
use crate::import::request::Between;

/// Letters before a value that say where it is: tried from few to many.
const CONTEXTS: [usize; 5] = [8, 16, 24, 40, 60];

/// Names of headers that are about the answer, not in it.
const NO_VALUES: [&str; 6] = [
    "date",
    "content-length",
    "etag",
    "expires",
    "last-modified",
    "set-cookie",
];

/// Where a value is in the headers of an answer.
pub(super) fn in_headers(exchange: &Exchange, text: &str) -> Option<Place> {
    exchange.answer_headers.iter().find_map(|(name, value)| {
        let name = name.to_ascii_lowercase();
        if NO_VALUES.contains(&&*name) {
            return None;
        }
        if value == text {
            return Some(Place::Header(name, None));
        }
        let at = value.find(text)?;
        let (before, after) = (&value[..at], &value[at + text.len()..]);
        let between = Between {
            begin: before.to_owned(),
            end: after.chars().take(1).collect(),
        };
        let is_found = !before.is_empty() && found_between(value, &between) == Some(text);
        is_found.then_some(Place::Header(name, Some(between)))
    })
}

/// Where a value is in a text: between what is before and after it, or as the letters and digits after a text.
pub(super) fn in_text(answer: &str, text: &str) -> Option<Place> {
    let mut tried = HashSet::new();
    for (at, _) in answer.match_indices(text).take(5) {
        let line = answer[..at].rfind('\n').map_or(0, |end| end + 1);
        let after: String = answer[at + text.len()..]
            .chars()
            .take_while(|letter| *letter != '\n' && *letter != '\r')
            .take(1)
            .collect();
        for context in CONTEXTS {
            let before: String = {
                let letters: Vec<char> = answer[line..at].chars().rev().take(context).collect();
                letters.into_iter().rev().collect()
            };
            if before.len() < 3 || !tried.insert(before.clone()) {
                continue;
            }
            let between = Between {
                begin: before.clone(),
                end: after.clone(),
            };
            let ends_clearly = matches!(after.as_str(), "\"" | "'" | "<" | "&" | ";" | "," | ")");
            if ends_clearly && found_between(answer, &between) == Some(text) {
                return Some(Place::Between(between));
            }
            if found_word(answer, &before) == Some(text) {
                return Some(Place::Word(before));
            }
        }
    }
    None
}

fn found_between<'a>(answer: &'a str, between: &Between) -> Option<&'a str> {
    let from = answer.find(&between.begin)? + between.begin.len();
    let rest = &answer[from..];
    match between.end.is_empty() {
        true => Some(rest),
        false => Some(&rest[..rest.find(&between.end)?]),
    }
}

/// The letters, digits, `-`, `_` and `.` after a text, as [`Place::Word`] finds them.
fn found_word<'a>(answer: &'a str, before: &str) -> Option<&'a str> {
    let from = answer.find(before)? + before.len();
    let rest = &answer[from..];
    let is_word =
        |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.');
    let end = rest.find(|letter| !is_word(letter)).unwrap_or(rest.len());
    (end > 0).then(|| &rest[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_in_pages_are_found_by_what_is_around_them() {
        let page =
            "<input name=\"other\" value=\"first\">\n<input name=\"csrf\" value=\"a1b2c3d4\">";
        let Some(Place::Between(between)) = in_text(page, "a1b2c3d4") else {
            panic!("not found");
        };
        assert_eq!(found_between(page, &between), Some("a1b2c3d4"));
        let script = "window.session = abc123def\nwindow.x = 1";
        assert!(matches!(in_text(script, "abc123def"), Some(Place::Word(_))));
        assert_eq!(in_text(page, "absent99"), None);
    }
}
