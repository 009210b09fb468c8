//! Texts, people, days.

use mlua::{Error, LuaString, Result, Value};
use time::{Date, format_description::well_known::Iso8601};

use super::locale::{LOCALE, NO_LOCALE, locale_of};
use super::source::{Source, draw};
use crate::random as draws;
use crate::random::Locale;
use crate::script::api::argument;
use crate::script::api::signature::{Function, Registration, optional, required, returned};
use crate::script::vm::cpu_budget;

/// The longest `random.string`, in characters.
const LONGEST_STRING: i64 = 1 << 20;
/// The longest `random.sentence`, in words.
const LONGEST_SENTENCE: i64 = 1_000;
/// The default length of a sentence, in words.
const DEFAULT_SENTENCE: (i64, i64) = (6, 12);

pub(super) const UUID: Function = Function::new("random", "uuid", "A UUID of version 4.")
    .returns(&[returned(
        "string",
        "36 characters; the same seed repeats it.",
    )])
    .example(include_str!("../examples/random.uuid.lua"));
pub(super) const UNIQUE: Function = Function::new(
    "random",
    "unique",
    "A string for names that must be unique on the target.",
)
.returns(&[returned(
    "string",
    "The run's id, the user and a count: no other user and no other run gets it.",
)])
.example(include_str!("../examples/random.unique.lua"));
pub(super) const STRING: Function =
    Function::new("random", "string", "A string of random characters.")
        .takes(&[
            required("n", "integer")
                .doc("Its length, 0 to 1,048,576.")
                .unit("characters"),
            optional("alphabet", "string")
                .doc("The characters to draw from.")
                .or("ASCII letters and digits"),
        ])
        .returns(&[returned("string", "So many characters of the alphabet.")])
        .fails("An error when n is out of range, or the alphabet is empty or not UTF-8.")
        .example(include_str!("../examples/random.string.lua"));
pub(super) const NAME: Function = Function::new(
    "random",
    "name",
    "A name of a person: given and family name.",
)
.takes(&[LOCALE])
.returns(&[returned(
    "string",
    "As the locale writes it; without one from many countries.",
)])
.fails(NO_LOCALE)
.example(include_str!("../examples/random.name.lua"));
pub(super) const EMAIL: Function = Function::new("random", "email", "An e-mail address.")
    .returns(&[returned(
        "string",
        "A unique address at example.com, where no mail arrives.",
    )])
    .example(include_str!("../examples/random.email.lua"));
pub(super) const USERNAME: Function = Function::new("random", "username", "A user name.")
    .returns(&[returned(
        "string",
        "A unique name of letters, digits and _.",
    )])
    .example(include_str!("../examples/random.username.lua"));
pub(super) const PHONE: Function = Function::new("random", "phone", "A phone number.")
    .returns(&[returned(
        "string",
        "In the form of E.164, from the American numbers reserved for fiction.",
    )])
    .example(include_str!("../examples/random.phone.lua"));
pub(super) const SENTENCE: Function =
    Function::new("random", "sentence", "A sentence of common words.")
        .takes(&[
            optional("words", "integer")
                .doc("Its length, at most 1,000.")
                .unit("words")
                .or("6 to 12"),
            LOCALE,
        ])
        .returns(&[returned("string", "With a capital letter and a full stop.")])
        .fails("An error when words is out of range, or the locale is unknown.")
        .example(include_str!("../examples/random.sentence.lua"));
pub(super) const DATE: Function = Function::new("random", "date", "A day between two.")
    .takes(&[
        optional("from", "string")
            .doc("The first day.")
            .or("\"1950-01-01\""),
        optional("to", "string")
            .doc("The last day.")
            .or("\"2005-12-31\""),
    ])
    .returns(&[returned(
        "string",
        "Year, month and day; by default an adult's date of birth.",
    )])
    .fails("An error when from is after to, or one of them is not a date.")
    .example(include_str!("../examples/random.date.lua"));

pub(super) fn fill<S: Source>(
    random: &Registration<'_>,
    locale: Option<&'static Locale>,
) -> Result<()> {
    random.function(&UUID, |_, ()| {
        draw::<S, _>("random.uuid", |stream, _| draws::uuid(stream))
    })?;

    random.function(&STRING, |lua, (n, alphabet): (Value, Value)| {
        cpu_budget::in_time(lua)?;
        let n = size("random.string", "n", &n, LONGEST_STRING)?;
        let alphabet = match alphabet {
            Value::Nil => None,
            given => Some(letters(&given)?),
        };
        draw::<S, _>("random.string", |stream, _| {
            draws::string(
                stream,
                n,
                alphabet.as_deref().unwrap_or(draws::ALPHANUMERIC),
            )
        })
    })?;

    random.function(&SENTENCE, move |_, (words, tag): (Value, Value)| {
        let locale = locale_of("random.sentence", &tag, locale)?;
        let words = match words {
            Value::Nil => None,
            given => Some(size("random.sentence", "words", &given, LONGEST_SENTENCE)?.max(1)),
        };
        draw::<S, _>("random.sentence", |stream, _| {
            let (least, most) = DEFAULT_SENTENCE;
            let words = words.unwrap_or_else(|| stream.int(least, most) as usize);
            draws::sentence(stream, words, locale.map_or(draws::ENGLISH, |of| of.words))
        })
    })?;

    random.function(&UNIQUE, |_, ()| {
        draw::<S, _>("random.unique", |_, identity| identity.unique('-'))
    })?;

    random.function(&NAME, move |_, tag: Value| {
        let locale = locale_of("random.name", &tag, locale)?;
        draw::<S, _>("random.name", |stream, _| match locale {
            Some(locale) => draws::local_name(stream, locale),
            None => draws::person(stream).name(),
        })
    })?;

    random.function(&EMAIL, |_, ()| {
        draw::<S, _>("random.email", |stream, identity| {
            draws::person(stream).email(&identity.unique('.'))
        })
    })?;

    random.function(&USERNAME, |_, ()| {
        draw::<S, _>("random.username", |stream, identity| {
            draws::person(stream).username(&identity.unique('_'))
        })
    })?;

    random.function(&PHONE, |_, ()| {
        draw::<S, _>("random.phone", |stream, _| draws::phone(stream))
    })?;

    random.function(&DATE, |_, (from, to): (Value, Value)| {
        let from = day("from", &from, draws::DEFAULT_FROM)?;
        let to = day("to", &to, draws::DEFAULT_TO)?;
        if from > to {
            return Err(Error::runtime(format!(
                "random.date: from {from} is after to {to}"
            )));
        }
        let drawn = draw::<S, _>("random.date", |stream, _| draws::date(stream, from, to))?;
        Ok(drawn.to_string())
    })
}

pub(super) fn size(function: &str, name: &str, value: &Value, most: i64) -> Result<usize> {
    let size = argument::integer(function, name, value)?;
    if !(0..=most).contains(&size) {
        return Err(Error::runtime(format!(
            "{function}: {name} is {size}, 0 to {most} was expected"
        )));
    }
    Ok(size as usize)
}

fn letters(alphabet: &Value) -> Result<String> {
    let alphabet: LuaString = argument::string("random.string", "alphabet", alphabet)?;
    match std::str::from_utf8(&alphabet.as_bytes()) {
        Ok("") => Err(Error::runtime("random.string: alphabet is empty")),
        Ok(letters) => Ok(letters.to_owned()),
        Err(_) => Err(Error::runtime("random.string: alphabet is not UTF-8")),
    }
}

fn day(name: &str, value: &Value, default: Date) -> Result<Date> {
    if value.is_nil() {
        return Ok(default);
    }
    let text = argument::string("random.date", name, value)?.to_string_lossy();
    Date::parse(&text, &Iso8601::DATE).map_err(|_| {
        Error::runtime(format!(
            "random.date: {name} is {text:?}, a date such as \"1990-12-31\" was expected"
        ))
    })
}
