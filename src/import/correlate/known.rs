use std::collections::HashMap;

use serde_json::Value as Json;

use super::texts::{in_headers, in_text};
use crate::import::Place;
use crate::import::exchange::{Exchange, is_json};
use crate::import::request::Key;

/// Most values of one answer that are looked at.
const MOST_LEAVES: usize = 20_000;
/// Shortest text that is looked for outside of JSON: shorter ones are found by chance.
const SHORTEST: usize = 6;
/// Longest value that is looked for.
const LONGEST: usize = 4096;
/// Ends of names whose values are ids, however short.
const IDS: [&str; 11] = [
    "id", "uuid", "guid", "key", "token", "code", "slug", "ref", "number", "hash", "csrf",
];

/// What answers had, and what requests sent before.
pub(super) struct Known {
    /// By value: the first answers whose JSON has it, with its path.
    leaves: HashMap<String, Vec<(usize, Vec<Key>)>>,
    /// By value: the first request that sent it.
    sent: HashMap<String, usize>,
}

impl Known {
    pub(super) fn of(exchanges: &[&Exchange]) -> Self {
        let mut known = Self {
            leaves: HashMap::new(),
            sent: HashMap::new(),
        };
        for (place, exchange) in exchanges.iter().enumerate() {
            known.note_sent(place, exchange);
            if !is_json(&exchange.answer_type) {
                continue;
            }
            let answer = exchange.answer.as_deref().unwrap_or_default();
            if let Ok(json) = serde_json::from_str::<Json>(answer) {
                let mut left = MOST_LEAVES;
                known.note_leaves(place, &json, &mut Vec::new(), &mut left);
            }
        }
        known
    }

    fn note_sent(&mut self, place: usize, exchange: &Exchange) {
        let mut note = |text: &str| {
            self.sent.entry(text.to_owned()).or_insert(place);
        };
        for segment in exchange.url.path().split('/') {
            note(&percent_encoding::percent_decode_str(segment).decode_utf8_lossy());
        }
        for (_, value) in exchange.url.query_pairs() {
            note(&value);
        }
        for (_, value) in &exchange.headers {
            note(value);
            if let Some((_, rest)) = value.split_once(' ') {
                note(rest);
            }
        }
        let Some(body) = &exchange.body else { return };
        for field in &body.fields {
            note(&field.value);
        }
        match serde_json::from_slice::<Json>(&body.bytes) {
            Ok(json) => each_leaf(&json, &mut note),
            Err(_) => {
                for (_, value) in url::form_urlencoded::parse(&body.bytes) {
                    note(&value);
                }
            }
        }
    }

    fn note_leaves(&mut self, place: usize, json: &Json, path: &mut Vec<Key>, left: &mut usize) {
        if *left == 0 || path.len() > 16 {
            return;
        }
        match json {
            Json::Object(fields) => {
                for (key, value) in fields {
                    path.push(Key::Field(key.clone()));
                    self.note_leaves(place, value, path, left);
                    path.pop();
                }
            }
            Json::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    path.push(Key::Index(index));
                    self.note_leaves(place, item, path, left);
                    path.pop();
                }
            }
            Json::String(_) | Json::Number(_) => {
                *left -= 1;
                let text = leaf_text(json);
                if !text.is_empty() && text.len() <= LONGEST {
                    self.leaves
                        .entry(text)
                        .or_default()
                        .push((place, path.clone()));
                }
            }
            Json::Null | Json::Bool(_) => {}
        }
    }

    /// Where a value comes from: the first answer before `user` that had it, if no request before had sent it; and what
    /// to call it.
    pub(super) fn source(
        &self,
        text: &str,
        hint: &str,
        user: usize,
        exchanges: &[&Exchange],
    ) -> Option<(usize, Place, String)> {
        if text.is_empty() || text.len() > LONGEST {
            return None;
        }
        // What was sent before any answer had it is the user's own.
        let first_sent = self.sent.get(text).copied().unwrap_or(usize::MAX);
        let is_new = |place: usize| place < user && place < first_sent;
        let leaves = self.leaves.get(text).map(Vec::as_slice).unwrap_or_default();
        for (place, path) in leaves {
            let key = path.iter().rev().find_map(|key| match key {
                Key::Field(name) => Some(name.as_str()),
                Key::Index(_) => None,
            });
            let key = key.unwrap_or_default();
            if is_new(*place) && is_telling(text, key, hint) {
                let name = called(key, hint, path);
                return Some((*place, Place::Json(path.clone()), name));
            }
        }
        if text.len() < SHORTEST || !is_telling(text, "", hint) {
            return None;
        }
        for (place, exchange) in exchanges.iter().enumerate().take(user) {
            if !is_new(place) {
                continue;
            }
            if let Some(found) = in_headers(exchange, text) {
                return Some((place, found, hint.to_owned()));
            }
            let is_text = !is_json(&exchange.answer_type);
            if let Some(answer) = exchange.answer.as_deref().filter(|_| is_text)
                && let Some(found) = in_text(answer, text)
            {
                return Some((place, found, hint.to_owned()));
            }
        }
        None
    }
}

fn each_leaf(json: &Json, note: &mut impl FnMut(&str)) {
    match json {
        Json::Object(fields) => fields.values().for_each(|value| each_leaf(value, note)),
        Json::Array(items) => items.iter().for_each(|item| each_leaf(item, note)),
        Json::String(_) | Json::Number(_) => note(&leaf_text(json)),
        Json::Null | Json::Bool(_) => {}
    }
}

fn leaf_text(json: &Json) -> String {
    match json {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Whether a value is hardly there by chance: long, or with digits, or under a name of an id.
fn is_telling(text: &str, key: &str, hint: &str) -> bool {
    let has_digit = text.bytes().any(|byte| byte.is_ascii_digit());
    let has_space = text.contains(' ');
    if has_space {
        return false;
    }
    let is_id = |name: &str| {
        let name = name.to_ascii_lowercase();
        IDS.iter().any(|end| name.ends_with(end))
    };
    (text.len() >= 6 && has_digit)
        || text.len() >= 16
        || (is_id(key) && (key == "id" || is_id(hint)))
}

/// The name of a variable: `user_id` of `/users/0/id`.
fn called(key: &str, hint: &str, path: &[Key]) -> String {
    if !key.eq_ignore_ascii_case("id") {
        return key.to_owned();
    }
    let fields: Vec<&str> = path
        .iter()
        .filter_map(|key| match key {
            Key::Field(name) => Some(name.as_str()),
            Key::Index(_) => None,
        })
        .collect();
    match fields.as_slice() {
        [.., parent, _] if !matches!(*parent, "items" | "data" | "results" | "content") => {
            format!("{}_id", parent.trim_end_matches('s'))
        }
        _ if hint.len() > 3 => hint.to_owned(),
        _ => key.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::is_telling;

    #[test]
    fn short_values_are_no_ids_by_themselves() {
        assert!(!is_telling("1", "page", "page"));
        assert!(!is_telling("true", "active", "id"));
        assert!(is_telling("7", "id", "user_id"));
        assert!(is_telling("a1b2c3", "", "x"));
        assert!(!is_telling("two words of 1", "id", "id"));
    }
}
