//! Words of the sentences: numerals, spans, kinds of failures.

use crate::view::format::{count, span};

/// `1 user`, `3 users`
pub fn counted(number: u64, one: &str, more: &str) -> String {
    let noun = if number == 1 { one } else { more };
    format!("{} {noun}", count(number))
}

/// How long it has been since a moment of the run: `9 s`.
pub fn since(moment: f64, now: f64) -> String {
    span((now - moment).max(0.0))
}

/// Until a moment that is so many seconds ahead: never sooner than it is.
pub fn left(seconds: f64) -> String {
    span(seconds.max(0.0).ceil())
}
