//! Addresses, companies, products, prices, cards and words, as a locale writes them.

use mlua::{Error, Lua, Result, Table, Value};

use super::locale::{LOCALE, NO_LOCALE, locale_of};
use super::source::{Source, draw};
use super::text::size;
use crate::random as draws;
use crate::random::Locale;
use crate::script::api::argument;
use crate::script::api::signature::{
    Function, Object, Registration, Returned, optional, required, returned,
};

/// The most words at once.
const MOST_WORDS: i64 = 1_000;
/// The default range of a price.
const DEFAULT_PRICE: (f64, f64) = (1.0, 500.0);
/// Years in which test cards expire, two digits of each.
const CARD_YEARS: (i64, i64) = (34, 39);

/// What `random.address` gives.
pub const ADDRESS: Object = Object {
    kind: "Address",
    name: "address",
    doc: "A made-up address.",
    fields: &[
        required("street", "string").doc("Street and number."),
        required("city", "string").doc("A real town of the country."),
        required("region", "string").doc("State, province or region."),
        required("postcode", "string").doc("A code of that region."),
        required("country", "string").doc("Code of the country (ISO 3166-1)."),
        required("line", "string").doc("All but the country in one line."),
    ],
    methods: &[],
    example: include_str!("../examples/Address.lua"),
};

/// What `random.card` gives.
pub const CARD: Object = Object {
    kind: "Card",
    name: "card",
    doc: "A payment card for tests.",
    fields: &[
        required("number", "string").doc("Digits, valid by Luhn's formula."),
        required("brand", "string").doc("Such as `visa`."),
        required("code", "string").doc("Verification code, three or four digits."),
        required("month", "integer")
            .doc("Month in which it expires, 1 to 12.")
            .unitless(),
        required("year", "integer")
            .doc("Year in which it expires, with the century.")
            .unitless(),
    ],
    methods: &[],
    example: include_str!("../examples/Card.lua"),
};

const fn of_locale(
    name: &'static str,
    doc: &'static str,
    results: &'static [Returned],
    example: &'static str,
) -> Function {
    Function::new("random", name, doc)
        .takes(&[LOCALE])
        .returns(results)
        .fails(NO_LOCALE)
        .example(example)
}

pub(super) const ADDRESS_OF: Function = of_locale(
    "address",
    "A made-up address in a real town.",
    &[returned("Address", "Its parts, and all in one line.")],
    include_str!("../examples/random.address.lua"),
);
pub(super) const CITY: Function = of_locale(
    "city",
    "A town.",
    &[returned("string", "The name of a real town.")],
    include_str!("../examples/random.city.lua"),
);
pub(super) const COUNTRY: Function = of_locale(
    "country",
    "A country.",
    &[
        returned("string", "Its name in the language of the locale."),
        returned("string", "Its code (ISO 3166-1)."),
    ],
    include_str!("../examples/random.country.lua"),
);
pub(super) const COMPANY: Function = of_locale(
    "company",
    "A name of a company.",
    &[returned(
        "string",
        "A made-up name, as the locale forms them.",
    )],
    include_str!("../examples/random.company.lua"),
);
pub(super) const PRODUCT: Function = of_locale(
    "product",
    "A name of a product.",
    &[returned("string", "A thing and what it is made of.")],
    include_str!("../examples/random.product.lua"),
);
pub(super) const PRICE: Function = Function::new(
    "random",
    "price",
    "A price: as many of each order of magnitude, most ending in .99, .95, .90 or .00.",
)
.takes(&[
    optional("low", "number")
        .doc("The lowest price, at least 0.")
        .unit("the currency of the locale")
        .or("1"),
    optional("high", "number")
        .doc("The highest price.")
        .unit("the currency of the locale")
        .or("500"),
    LOCALE,
])
.returns(&[
    returned(
        "number",
        "The price, with the decimal places of the currency.",
    )
    .unit("the currency of the locale"),
    returned("string", "The code of the currency (ISO 4217)."),
])
.fails("An error when low is negative or above high, or the locale is unknown.")
.example(include_str!("../examples/random.price.lua"));
pub(super) const CARD_OF: Function = Function::new(
    "random",
    "card",
    "A payment card from the numbers published for tests.",
)
.returns(&[returned("Card", "One that reaches no account.")])
.example(include_str!("../examples/random.card.lua"));
pub(super) const WORD: Function = of_locale(
    "word",
    "A common word.",
    &[returned("string", "A word of the language of the locale.")],
    include_str!("../examples/random.word.lua"),
);
pub(super) const WORDS: Function = Function::new("random", "words", "Common words.")
    .takes(&[
        required("n", "integer")
            .doc("How many, 0 to 1,000.")
            .unit("words"),
        LOCALE,
    ])
    .returns(&[returned("string", "The words, with blanks between.")])
    .fails("An error when n is out of range, or the locale is unknown.")
    .example(include_str!("../examples/random.words.lua"));

pub(super) fn fill<S: Source>(
    random: &Registration<'_>,
    locale: Option<&'static Locale>,
) -> Result<()> {
    let of = move |function: &str, tag: &Value| {
        locale_of(function, tag, locale).map(|found| found.unwrap_or(Locale::default_one()))
    };

    random.function(&ADDRESS_OF, move |lua, tag: Value| {
        let locale = of("random.address", &tag)?;
        let drawn = draw::<S, _>("random.address", |stream, _| draws::address(stream, locale))?;
        address(lua, &drawn)
    })?;

    random.function(&CITY, move |_, tag: Value| {
        let locale = of("random.city", &tag)?;
        draw::<S, _>("random.city", |stream, _| draws::city(stream, locale))
    })?;

    random.function(&COUNTRY, move |_, tag: Value| {
        let locale = of("random.country", &tag)?;
        draw::<S, _>("random.country", |stream, _| draws::country(stream, locale))
    })?;

    random.function(&COMPANY, move |_, tag: Value| {
        let locale = of("random.company", &tag)?;
        draw::<S, _>("random.company", |stream, _| draws::company(stream, locale))
    })?;

    random.function(&PRODUCT, move |_, tag: Value| {
        let locale = of("random.product", &tag)?;
        draw::<S, _>("random.product", |stream, _| draws::product(stream, locale))
    })?;

    random.function(&PRICE, move |_, (low, high, tag): (Value, Value, Value)| {
        let (code, decimals) = of("random.price", &tag)?.currency;
        let (low, high) = price_range(&low, &high)?;
        let price = |stream: &mut _| draws::price(stream, low, high, decimals);
        let price = draw::<S, _>("random.price", |stream, _| price(stream))?;
        Ok((price, code))
    })?;

    random.function(&CARD_OF, |lua, ()| {
        let (card, code, month, year) = draw::<S, _>("random.card", |stream, _| {
            let (card, code) = draws::card(stream);
            let (first, last) = CARD_YEARS;
            (card, code, stream.int(1, 12), stream.int(first, last))
        })?;
        let table = lua.create_table_with_capacity(0, CARD.fields.len())?;
        table.raw_set("number", card.number)?;
        table.raw_set("brand", card.brand)?;
        table.raw_set("code", code)?;
        table.raw_set("month", month)?;
        table.raw_set("year", 2_000 + year)?;
        Ok(table)
    })?;

    random.function(&WORD, move |_, tag: Value| {
        let locale = of("random.word", &tag)?;
        draw::<S, _>("random.word", |stream, _| draws::words(stream, locale, 1))
    })?;

    random.function(&WORDS, move |_, (n, tag): (Value, Value)| {
        let count = size("random.words", "n", &n, MOST_WORDS)?;
        let locale = of("random.words", &tag)?;
        draw::<S, _>("random.words", |stream, _| {
            draws::words(stream, locale, count)
        })
    })
}

fn address(lua: &Lua, drawn: &draws::Address) -> Result<Table> {
    let table = lua.create_table_with_capacity(0, ADDRESS.fields.len())?;
    table.raw_set("street", &*drawn.street)?;
    table.raw_set("city", drawn.city)?;
    table.raw_set("region", drawn.region)?;
    table.raw_set("postcode", &*drawn.postcode)?;
    table.raw_set("country", drawn.country)?;
    table.raw_set("line", &*drawn.line)?;
    Ok(table)
}

fn price_range(low: &Value, high: &Value) -> Result<(f64, f64)> {
    let given = |name: &str, value: &Value, default: f64| match value {
        Value::Nil => Ok(default),
        value => argument::number("random.price", name, value),
    };
    let low = given("low", low, DEFAULT_PRICE.0)?;
    let high = given("high", high, DEFAULT_PRICE.1.max(low))?;
    if low < 0.0 || high < low {
        return Err(Error::runtime(format!(
            "random.price: from {low} to {high} is not a range of prices; give the lower one first, from \
             0 up"
        )));
    }
    Ok((low, high))
}
