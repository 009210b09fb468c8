//! Numbers and chances.

use mlua::{Error, Result, Value};

use super::source::{Source, draw};
use crate::random as draws;
use crate::script::api::argument::{integer, number};
use crate::script::api::signature::{Field, Function, Registration, optional, required, returned};

/// A bound of what is drawn: its unit is that of the result.
const fn bound(name: &'static str, doc: &'static str) -> Field {
    required(name, "number").doc(doc).unitless()
}

const fn number_of(name: &'static str, doc: &'static str) -> Function {
    Function::new("random", name, doc)
}

pub(super) const INT: Function = number_of("int", "An integer between two, both included.")
    .takes(&[
        required("lo", "integer").doc("The least one.").unitless(),
        required("hi", "integer")
            .doc("The greatest one.")
            .unitless(),
    ])
    .returns(&[returned("integer", "Each of them is as likely.").unitless()])
    .fails("An error when lo is greater than hi.")
    .example(include_str!("../examples/random.int.lua"));
pub(super) const FLOAT: Function =
    number_of("float", "A number from 0 to 1, or from lo to hi, uniform.")
        .takes(&[
            optional("lo", "number")
                .doc("The least one.")
                .unitless()
                .or("0"),
            optional("hi", "number")
                .doc("The greatest one; needed with lo.")
                .unitless()
                .or("1"),
        ])
        .returns(&[returned("number", "From lo, included, to hi.").unitless()])
        .fails("An error when lo is greater than hi.")
        .example(include_str!("../examples/random.float.lua"));
pub(super) const UNIFORM: Function = number_of("uniform", "A number from a to b, uniform.")
    .takes(&[
        bound("a", "The least one."),
        bound("b", "The greatest one."),
    ])
    .returns(&[returned("number", "From a, included, to b.").unitless()])
    .fails("An error when a is greater than b.")
    .example(include_str!("../examples/random.uniform.lua"));
pub(super) const CHANCE: Function = number_of("chance", "True with a probability.")
    .takes(&[bound("p", "The probability, 0 to 1.")])
    .returns(&[returned("boolean", "Whether it happens this time.")])
    .fails("An error when p is not from 0 to 1.")
    .example(include_str!("../examples/random.chance.lua"));
pub(super) const NORMAL: Function = number_of("normal", "A number of a normal distribution.")
    .takes(&[
        bound("mean", "The mean."),
        bound("sd", "The standard deviation, at least 0."),
    ])
    .returns(&[returned("number", "Any number: also one below 0.").unitless()])
    .fails("An error when sd is negative.")
    .example(include_str!("../examples/random.normal.lua"));
pub(super) const LOGNORMAL: Function = number_of(
    "lognormal",
    "A number of a log-normal distribution, the typical shape of latencies and sizes.",
)
.takes(&[
    bound("median", "Half of the numbers are below it."),
    bound("sigma", "The standard deviation of the logarithm."),
])
.returns(&[returned("number", "A number of at least 0.").unitless()])
.fails("An error when median or sigma is negative.")
.example(include_str!("../examples/random.lognormal.lua"));
pub(super) const EXPONENTIAL: Function = number_of(
    "exponential",
    "A number of an exponential distribution, such as the time between independent arrivals.",
)
.takes(&[bound("mean", "The mean.")])
.returns(&[returned("number", "A number of at least 0.").unitless()])
.fails("An error when mean is negative.")
.example(include_str!("../examples/random.exponential.lua"));
pub(super) const ZIPF: Function = number_of(
    "zipf",
    "A rank from 1 to n, rank k in proportion to k^-s: a few are popular.",
)
.takes(&[
    required("n", "integer")
        .doc("How many ranks there are, at least 1.")
        .unitless(),
    bound(
        "s",
        "The exponent: 0 makes all ranks equal, 1 is typical of popularity.",
    ),
])
.returns(&[returned("integer", "The rank; 1 is the most popular one.").unitless()])
.fails("An error when n is below 1 or s is negative.")
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
