//! Random values for users.
//!
//! In: a [`Stream`], one for each user and purpose, all of them derived from the seed of the run. Out: numbers, texts,
//! people. Each function is pure over its stream, so that one seed gives the same users on every machine.
//! It must never know Lua, the clock or the network, nor which user draws.
//!
//! The values are part of the contract (a seed is quoted in reports), so the tests check golden ones.

mod commerce;
mod date;
mod locale;
mod number;
mod person;
mod stream;
mod text;
mod words;

pub use commerce::{
    Address, CARDS, Card, address, card, city, company, country, local_name, price, product, words,
};
pub use date::{DEFAULT_FROM, DEFAULT_TO, date};
pub use locale::Locale;
pub use number::{exponential, lognormal, normal, shuffle, uniform, weighted, zipf};
pub use person::{Person, person, phone};
pub use stream::{Purpose, Stream};
pub use text::{ALPHANUMERIC, ENGLISH, sentence, string, uuid};
