//! Addresses, companies, products, prices, cards and words, as a locale writes them.

use mlua::{Error, Lua, Result, Table, Value};

use super::locale::{LOCALE, locale_of};
use super::source::{Source, draw};
use super::text::size;
use crate::random as draws;
use crate::random::Locale;
use crate::script::api::argument;
use crate::script::api::signature::{Function, Object, Registration, optional, required};

/// The most words at once.
const MOST_WORDS: i64 = 1_000;
/// The range of a price unless it is told.
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
        required("city", "string"),
        required("region", "string").doc("State, province or region."),
        required("postcode", "string"),
        required("country", "string").doc("Code of the country (ISO 3166-1)."),
        required("line", "string").doc("All but the country in one line."),
    ],
    methods: &[],
};

/// What `random.card` gives.
pub const CARD: Object = Object {
    kind: "Card",
    name: "card",
    doc: "A payment card for tests.",
    fields: &[
        required("number", "string").doc("Digits, valid by Luhn's formula."),
        required("brand", "string"),
        required("code", "string").doc("Verification code."),
        required("month", "integer").doc("Month in which it expires."),
        required("year", "integer").doc("Year in which it expires."),
    ],
    methods: &[],
};

const fn of_locale(name: &'static str, doc: &'static str) -> Function {
    Function::new("random", name, doc)
        .takes(&[LOCALE])
        .returns(&["string"])
}

pub(super) const ADDRESS_OF: Function =
    of_locale("address", "A made-up address in a real town.").returns(&["Address"]);
pub(super) const CITY: Function = of_locale("city", "A town.");
pub(super) const COUNTRY: Function =
    of_locale("country", "A country: its name, and its code (ISO 3166-1).")
        .returns(&["string", "string"]);
pub(super) const COMPANY: Function =
    of_locale("company", "A name of a company, such as `Souza e Filhos`.");
pub(super) const PRODUCT: Function =
    of_locale("product", "A name of a product, such as `Mesa de madeira`.");
pub(super) const PRICE: Function = Function::new(
    "random",
    "price",
    "A price, and the code of its currency (ISO 4217).",
)
.takes(&[
    optional("low", "number").or("1"),
    optional("high", "number").or("500"),
    LOCALE,
])
.returns(&["number", "string"]);
pub(super) const CARD_OF: Function = Function::new(
    "random",
    "card",
    "A payment card from the numbers published for tests.",
)
.returns(&["Card"]);
pub(super) const WORD: Function = of_locale("word", "A common word.");
pub(super) const WORDS: Function =
    Function::new("random", "words", "n common words, with blanks between.")
        .takes(&[required("n", "integer"), LOCALE])
        .returns(&["string"]);

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
            "random.price: from {low} to {high} is no range of prices; give the lower one first, from \
             0 up"
        )));
    }
    Ok((low, high))
}
