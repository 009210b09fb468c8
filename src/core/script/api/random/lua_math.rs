//! `math.random` and `math.randomseed`, as the manual of Lua 5.4 (6.7) has them, over the user's stream.

use mlua::{Error, Function, Lua, MultiValue, Result, Value};

use super::source::{Source, draw};
use crate::script::api::argument::{integer, wrong};

/// `math.random()`: a float in [0, 1); `(0)`: all 64 bits; `(m)`: from 1 to m; `(m, n)`: from m to n.
///
/// # Errors
/// When the VM has no memory left.
pub fn math_random<S: Source>(lua: &Lua) -> Result<Function> {
    const NAME: &str = "math.random";
    lua.create_function(|_, arguments: MultiValue| {
        let mut arguments = arguments.into_iter();
        let (lo, hi) = match (arguments.next(), arguments.next(), arguments.next()) {
            (None, ..) => return draw::<S, _>(NAME, |stream, _| Value::Number(stream.float())),
            (Some(m), None, _) => match integer(NAME, "m", &m)? {
                0 => {
                    return draw::<S, _>(NAME, |stream, _| Value::Integer(stream.word() as i64));
                }
                m => (1, m),
            },
            (Some(m), Some(n), None) => (integer(NAME, "m", &m)?, integer(NAME, "n", &n)?),
            (.., Some(extra)) => return Err(wrong(NAME, "a third argument", &extra, "none")),
        };
        if lo > hi {
            return Err(Error::runtime(format!(
                "{NAME}: the interval from {lo} to {hi} is empty"
            )));
        }
        draw::<S, _>(NAME, |stream, _| Value::Integer(stream.int(lo, hi)))
    })
}

/// `math.randomseed` is refused: the run has one seed, so that it can be repeated.
///
/// # Errors
/// When the VM has no memory left.
pub fn math_randomseed(lua: &Lua) -> Result<Function> {
    lua.create_function(|_, _: MultiValue| -> Result<()> {
        Err(Error::runtime(
            "math.randomseed is not available: all random values come from the run's seed \
             (--seed), so that a run can be repeated",
        ))
    })
}
