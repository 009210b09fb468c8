//! Random values for users.
//!
//! In: a [`Stream`], one for each user and purpose, all of them derived from the seed of the run. Out: numbers, texts,
//! people. Each function is pure over its stream, so that one seed gives the same users on every machine.
//! It must never know Lua, the clock or the network, nor which user draws.
//!
//! The values are part of the contract (a seed is quoted in reports), so the tests check golden ones.

mod date;
mod number;
mod person;
mod stream;
mod text;
mod words;

pub use date::{DEFAULT_FROM, DEFAULT_TO, date};
pub use number::{exponential, lognormal, normal, shuffle, uniform, weighted, zipf};
pub use person::{Person, person, phone};
pub use stream::{Purpose, Stream};
pub use text::{ALPHANUMERIC, sentence, string, uuid};
