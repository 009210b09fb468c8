//! `random`: the values that a user makes up.
//!
//! In: the stream and the identity of the user at work, from a [`Source`]. Out: one drawn value a call. It never knows
//! who the user is to the engine, nor the seed.
//!
//! What a script sees: `int(lo, hi)`, `float([lo, hi])`, `chance(p)`, `pick(list)`, `weighted(choices)`, `shuffle(list)`,
//! `uuid()`, `unique()`, `string(n [, alphabet])`, `name([locale])`, `email()`, `username()`, `phone()`,
//! `sentence([words, locale])`, `date([from, to])`, `address([locale])`, `city([locale])`, `country([locale])`,
//! `company([locale])`, `product([locale])`, `price([low, high, locale])`, `card()`, `word([locale])`,
//! `words(n [, locale])`, `uniform(a, b)`, `normal(mean, sd)`, `lognormal(median, sigma)`, `exponential(mean)`,
//! `zipf(n, s)`, `mistake(kind)`; and `math.random`, drawn from a stream too.

mod choice;
mod commerce;
mod locale;
mod lua_math;
mod number;
mod source;
mod text;

pub use crate::script::user::identity::Identity;
pub use commerce::{ADDRESS, CARD};
pub use lua_math::{math_random, math_randomseed};
pub use source::Source;

use mlua::{Lua, Result, Table, Value};

use super::argument;
use super::signature::{Function, Namespace, Registration, required, returned};
use crate::random::Locale;

const MISTAKE: Function = Function::new(
    "random",
    "mistake",
    "Whether the user errs now, at the rate of this kind scaled by --error-rate.",
)
.takes(&[required("kind", "string").doc("One of those in lib/mistakes.lua.")])
.returns(&[returned("boolean", "Whether to make the mistake.")])
.fails("An error for a kind that lib/mistakes.lua does not have.")
.example(include_str!("examples/random.mistake.lua"));

/// `random`.
pub const TABLE: Namespace = Namespace {
    name: "random",
    doc: "Values that a user makes up, all from the run's seed.",
    functions: &[
        &number::INT,
        &number::FLOAT,
        &number::CHANCE,
        &MISTAKE,
        &choice::PICK,
        &choice::WEIGHTED,
        &choice::SHUFFLE,
        &text::UUID,
        &text::UNIQUE,
        &text::STRING,
        &text::NAME,
        &text::EMAIL,
        &text::USERNAME,
        &text::PHONE,
        &text::SENTENCE,
        &text::DATE,
        &commerce::ADDRESS_OF,
        &commerce::CITY,
        &commerce::COUNTRY,
        &commerce::COMPANY,
        &commerce::PRODUCT,
        &commerce::PRICE,
        &commerce::CARD_OF,
        &commerce::WORD,
        &commerce::WORDS,
        &number::UNIFORM,
        &number::NORMAL,
        &number::LOGNORMAL,
        &number::EXPONENTIAL,
        &number::ZIPF,
    ],
    values: &[],
};

/// The table `random` over a source; `locale` is that of calls that name none. `mistake` decides whether the user errs in a kind of mistake now, and raises for a
/// kind that it does not know.
///
/// # Errors
/// When the VM has no memory left.
pub fn table<S: Source>(
    lua: &Lua,
    locale: Option<&'static Locale>,
    mistake: impl Fn(&str) -> Result<bool> + 'static,
) -> Result<Table> {
    let random = Registration::new(lua, &TABLE)?;
    number::fill::<S>(&random)?;
    choice::fill::<S>(&random)?;
    text::fill::<S>(&random, locale)?;
    commerce::fill::<S>(&random, locale)?;
    random.function(&MISTAKE, move |_, kind: Value| {
        mistake(&argument::string("random.mistake", "kind", &kind)?.to_string_lossy())
    })?;
    random.finish()
}
