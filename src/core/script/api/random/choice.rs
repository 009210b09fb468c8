//! Choices out of tables.

use mlua::{Error, LuaString, Result, Table, Value};

use super::source::{Source, draw};
use crate::random as draws;
use crate::script::api::argument::{self, wrong};
use crate::script::api::signature::{Function, Registration, required, returned};

pub(super) const PICK: Function = Function::new("random", "pick", "An element of a list.")
    .takes(&[required("list", "any[]").doc("Each element is as likely.")])
    .returns(&[returned("any", "The element.")])
    .fails("nil when the list is empty.")
    .example(include_str!("../examples/random.pick.lua"));
pub(super) const WEIGHTED: Function = Function::new(
    "random",
    "weighted",
    "A value of { { 70, value }, { 30, value } }, or a name of { read = 70, write = 30 }.",
)
.takes(&[required("choices", "table").doc("Shares of at least 0, of any sum above 0.")])
.returns(&[returned("any", "The value, or the name.")])
.fails("nil when there are no choices; an error when a share is negative or all are 0.")
.example(include_str!("../examples/random.weighted.lua"));
pub(super) const SHUFFLE: Function =
    Function::new("random", "shuffle", "A copy of a list in random order.")
        .takes(&[required("list", "any[]").doc("It is not changed.")])
        .returns(&[returned("any[]", "A new list of the same elements.")])
        .example(include_str!("../examples/random.shuffle.lua"));

pub(super) fn fill<S: Source>(random: &Registration<'_>) -> Result<()> {
    random.function(&PICK, |_, list: Value| {
        let list = argument::table("random.pick", "list", &list)?;
        let place = draw::<S, _>("random.pick", |stream, _| stream.index(list.raw_len()))?;
        place.map_or(Ok(Value::Nil), |place| list.raw_get(place + 1))
    })?;

    random.function(&SHUFFLE, |lua, list: Value| {
        let list = argument::table("random.shuffle", "list", &list)?;
        let mut order: Vec<usize> = (1..=list.raw_len()).collect();
        draw::<S, _>("random.shuffle", |stream, _| {
            draws::shuffle(stream, &mut order);
        })?;
        let shuffled = lua.create_table_with_capacity(order.len(), 0)?;
        for (place, from) in order.into_iter().enumerate() {
            shuffled.raw_set(place + 1, list.raw_get::<Value>(from)?)?;
        }
        Ok(shuffled)
    })?;

    random.function(&WEIGHTED, |_, choices: Value| {
        let choices = argument::table("random.weighted", "choices", &choices)?;
        if choices.raw_len() > 0 {
            listed::<S>(&choices)
        } else {
            named::<S>(&choices)
        }
    })
}

/// `{ { 70, "read" }, { 30, "write" } }`: the value beside the drawn weight.
fn listed<S: Source>(choices: &Table) -> Result<Value> {
    let count = choices.raw_len();
    let mut weights = Vec::with_capacity(count);
    for place in 1..=count {
        let Value::Table(pair) = choices.raw_get(place)? else {
            return Err(Error::runtime(format!(
                "random.weighted: choice {place} is not a table; {{ weight, value }} was expected"
            )));
        };
        weights.push(weight(&format!("choice {place}"), &pair.raw_get(1)?)?);
    }
    let place = drawn::<S>(&weights)?;
    choices.raw_get::<Table>(place + 1)?.raw_get(2)
}

/// `{ read = 70, write = 30 }`: the drawn name. Lua walks a table in an order of its own, so the names are sorted.
fn named<S: Source>(choices: &Table) -> Result<Value> {
    let mut pairs: Vec<(LuaString, f64)> = Vec::new();
    choices.for_each(|name: Value, share: Value| {
        let Value::String(name) = name else {
            return Err(wrong(
                "random.weighted",
                "a key",
                &name,
                "a name, or a list of { weight, value },",
            ));
        };
        let share = weight(&name.to_string_lossy(), &share)?;
        pairs.push((name, share));
        Ok(())
    })?;
    if pairs.is_empty() {
        return Ok(Value::Nil);
    }
    pairs.sort_by_cached_key(|pair| pair.0.as_bytes().to_vec());
    let weights: Vec<f64> = pairs.iter().map(|pair| pair.1).collect();
    let place = drawn::<S>(&weights)?;
    Ok(Value::String(pairs.swap_remove(place).0))
}

fn drawn<S: Source>(weights: &[f64]) -> Result<usize> {
    draw::<S, _>("random.weighted", |stream, _| {
        draws::weighted(stream, weights)
    })?
    .ok_or_else(|| Error::runtime("random.weighted: the weights add up to 0"))
}

fn weight(of: &str, value: &Value) -> Result<f64> {
    let name = format!("the weight of {of}");
    let weight = argument::number("random.weighted", &name, value)?;
    if weight < 0.0 {
        return Err(Error::runtime(format!(
            "random.weighted: {name} is {weight}, a number of at least 0 was expected"
        )));
    }
    Ok(weight)
}
