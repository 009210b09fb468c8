//! Numbers and chances.

use mlua::{Error, Lua, Result, Table, Value};

use super::{Source, draw};
use crate::random as draws;
use crate::script::api::argument::{integer, number};

pub(super) fn fill<S: Source>(lua: &Lua, random: &Table) -> Result<()> {
    let int = lua.create_function(|_, (lo, hi): (Value, Value)| {
        let lo = integer("random.int", "lo", &lo)?;
        let hi = integer("random.int", "hi", &hi)?;
        ordered("random.int", ("lo", lo), ("hi", hi))?;
        draw::<S, _>("random.int", |stream, _| stream.int(lo, hi))
    })?;
    random.raw_set("int", int)?;

    let float = lua.create_function(|_, (lo, hi): (Value, Value)| {
        if lo.is_nil() && hi.is_nil() {
            return draw::<S, _>("random.float", |stream, _| stream.float());
        }
        between::<S>("random.float", ("lo", &lo), ("hi", &hi))
    })?;
    random.raw_set("float", float)?;

    let uniform = lua.create_function(|_, (a, b): (Value, Value)| {
        between::<S>("random.uniform", ("a", &a), ("b", &b))
    })?;
    random.raw_set("uniform", uniform)?;

    let chance = lua.create_function(|_, p: Value| {
        let p = number("random.chance", "p", &p)?;
        if !(0.0..=1.0).contains(&p) {
            return Err(Error::runtime(format!(
                "random.chance: p is {p}, a share from 0 to 1 was expected"
            )));
        }
        draw::<S, _>("random.chance", |stream, _| stream.chance(p))
    })?;
    random.raw_set("chance", chance)?;

    let normal = lua.create_function(|_, (mean, sd): (Value, Value)| {
        let mean = number("random.normal", "mean", &mean)?;
        let sd = positive("random.normal", "sd", &sd)?;
        draw::<S, _>("random.normal", |stream, _| draws::normal(stream, mean, sd))
    })?;
    random.raw_set("normal", normal)?;

    let lognormal = lua.create_function(|_, (median, sigma): (Value, Value)| {
        let median = positive("random.lognormal", "median", &median)?;
        let sigma = positive("random.lognormal", "sigma", &sigma)?;
        draw::<S, _>("random.lognormal", |stream, _| {
            draws::lognormal(stream, median, sigma)
        })
    })?;
    random.raw_set("lognormal", lognormal)?;

    let exponential = lua.create_function(|_, mean: Value| {
        let mean = positive("random.exponential", "mean", &mean)?;
        draw::<S, _>("random.exponential", |stream, _| {
            draws::exponential(stream, mean)
        })
    })?;
    random.raw_set("exponential", exponential)?;

    let zipf = lua.create_function(|_, (n, s): (Value, Value)| {
        let n = integer("random.zipf", "n", &n)?;
        let s = positive("random.zipf", "s", &s)?;
        let ranks = u32::try_from(n).ok().filter(|n| *n > 0).ok_or_else(|| {
            Error::runtime(format!(
                "random.zipf: n is {n}, a number of ranks from 1 to {} was expected",
                u32::MAX
            ))
        })?;
        draw::<S, _>("random.zipf", |stream, _| draws::zipf(stream, ranks, s))
    })?;
    random.raw_set("zipf", zipf)
}

fn between<S: Source>(function: &str, a: (&str, &Value), b: (&str, &Value)) -> Result<f64> {
    let lo = number(function, a.0, a.1)?;
    let hi = number(function, b.0, b.1)?;
    ordered(function, (a.0, lo), (b.0, hi))?;
    draw::<S, _>(function, |stream, _| draws::uniform(stream, lo, hi))
}

fn ordered<T: PartialOrd + std::fmt::Display>(
    function: &str,
    (low, lo): (&str, T),
    (high, hi): (&str, T),
) -> Result<()> {
    if lo > hi {
        return Err(Error::runtime(format!(
            "{function}: {low} {lo} is greater than {high} {hi}"
        )));
    }
    Ok(())
}

/// A finite number from 0 on.
fn positive(function: &str, name: &str, value: &Value) -> Result<f64> {
    let number = number(function, name, value)?;
    if number < 0.0 {
        return Err(Error::runtime(format!(
            "{function}: {name} is {number}, a number of at least 0 was expected"
        )));
    }
    Ok(number)
}
