//! Numbers and chances.

use mlua::{Error, Result, Value};

use super::source::{Source, draw};
use crate::random as draws;
use crate::script::api::argument::{integer, number};
use crate::script::api::signature::{Function, Registration, optional, required};

pub(super) const INT: Function =
    Function::new("random", "int", "An integer from lo to hi, inclusive.")
        .takes(&[required("lo", "integer"), required("hi", "integer")])
        .returns(&["integer"]);
pub(super) const FLOAT: Function =
    Function::new("random", "float", "A number from 0 to 1, or from lo to hi.")
        .takes(&[
            optional("lo", "number").or("0"),
            optional("hi", "number").or("1"),
        ])
        .returns(&["number"]);
pub(super) const UNIFORM: Function =
    Function::new("random", "uniform", "A uniform number from a to b.")
        .takes(&[required("a", "number"), required("b", "number")])
        .returns(&["number"]);
pub(super) const CHANCE: Function =
    Function::new("random", "chance", "True with probability p (0 to 1).")
        .takes(&[required("p", "number")])
        .returns(&["boolean"]);
pub(super) const NORMAL: Function = Function::new("random", "normal", "A Gaussian number.")
    .takes(&[required("mean", "number"), required("sd", "number")])
    .returns(&["number"]);
pub(super) const LOGNORMAL: Function = Function::new(
    "random",
    "lognormal",
    "A log-normal number, the typical shape of latencies and sizes.",
)
.takes(&[required("median", "number"), required("sigma", "number")])
.returns(&["number"]);
pub(super) const EXPONENTIAL: Function = Function::new(
    "random",
    "exponential",
    "An exponential number, such as the time between independent arrivals.",
)
.takes(&[required("mean", "number")])
.returns(&["number"]);
pub(super) const ZIPF: Function = Function::new(
    "random",
    "zipf",
    "A rank from 1 to n, rank k in proportion to k^-s: a few are popular.",
)
.takes(&[required("n", "integer"), required("s", "number")])
.returns(&["integer"])
.example(include_str!("../examples/random.zipf.lua"));

pub(super) fn fill<S: Source>(random: &Registration<'_>) -> Result<()> {
    random.function(&INT, |_, (lo, hi): (Value, Value)| {
        let lo = integer("random.int", "lo", &lo)?;
        let hi = integer("random.int", "hi", &hi)?;
        ordered("random.int", ("lo", lo), ("hi", hi))?;
        draw::<S, _>("random.int", |stream, _| stream.int(lo, hi))
    })?;

    random.function(&FLOAT, |_, (lo, hi): (Value, Value)| {
        if lo.is_nil() && hi.is_nil() {
            return draw::<S, _>("random.float", |stream, _| stream.float());
        }
        between::<S>("random.float", ("lo", &lo), ("hi", &hi))
    })?;

    random.function(&UNIFORM, |_, (a, b): (Value, Value)| {
        between::<S>("random.uniform", ("a", &a), ("b", &b))
    })?;

    random.function(&CHANCE, |_, p: Value| {
        let p = number("random.chance", "p", &p)?;
        if !(0.0..=1.0).contains(&p) {
            return Err(Error::runtime(format!(
                "random.chance: p is {p}, a share from 0 to 1 was expected"
            )));
        }
        draw::<S, _>("random.chance", |stream, _| stream.chance(p))
    })?;

    random.function(&NORMAL, |_, (mean, sd): (Value, Value)| {
        let mean = number("random.normal", "mean", &mean)?;
        let sd = positive("random.normal", "sd", &sd)?;
        draw::<S, _>("random.normal", |stream, _| draws::normal(stream, mean, sd))
    })?;

    random.function(&LOGNORMAL, |_, (median, sigma): (Value, Value)| {
        let median = positive("random.lognormal", "median", &median)?;
        let sigma = positive("random.lognormal", "sigma", &sigma)?;
        draw::<S, _>("random.lognormal", |stream, _| {
            draws::lognormal(stream, median, sigma)
        })
    })?;

    random.function(&EXPONENTIAL, |_, mean: Value| {
        let mean = positive("random.exponential", "mean", &mean)?;
        draw::<S, _>("random.exponential", |stream, _| {
            draws::exponential(stream, mean)
        })
    })?;

    random.function(&ZIPF, |_, (n, s): (Value, Value)| {
        let n = integer("random.zipf", "n", &n)?;
        let s = positive("random.zipf", "s", &s)?;
        let ranks = u32::try_from(n).ok().filter(|n| *n > 0).ok_or_else(|| {
            Error::runtime(format!(
                "random.zipf: n is {n}, a number of ranks from 1 to {} was expected",
                u32::MAX
            ))
        })?;
        draw::<S, _>("random.zipf", |stream, _| draws::zipf(stream, ranks, s))
    })
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
