//! Draws: the values that users make up.
//!
//! In: a [`Stream`], one for each user and purpose, all of them derived from the seed of the run. Out: numbers, texts,
//! people. Each function is pure over its stream, so that one seed gives one crowd on every machine.
//! It never knows Lua, the clock or the network, nor which user is at work.
//!
//! The values are part of the contract (a seed is quoted in reports), so the tests hold golden ones.

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
