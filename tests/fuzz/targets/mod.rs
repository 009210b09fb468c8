//! What is fuzzed: functions of any bytes that panic when something is not as it must be.

mod chunked;
mod codec;
mod cookies;
mod json;
mod lexer;
mod markup;
mod pattern;
mod pieces;
mod plan;
mod redirect;
mod request;
mod state;

/// A function of any bytes.
type Target = fn(&[u8]);

/// The targets by name, in alphabetical order; each has a folder of that name in `corpus`.
pub const ALL: &[(&str, Target)] = &[
    ("chunked", chunked::check),
    ("codec", codec::check),
    ("cookies", cookies::check),
    ("json", json::check),
    ("lexer", lexer::check),
    ("markup", markup::check),
    ("pattern", pattern::check),
    ("plan", plan::check),
    ("redirect", redirect::check),
    ("request", request::check),
    ("state", state::check),
];
