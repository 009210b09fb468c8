//! Single values of options, and what is said of those that cannot be.

use std::time::Duration;

use mlua::Value;

use crate::script::api::argument;

pub(super) fn seconds(key: &str, value: &Value) -> mlua::Result<Duration> {
    let number = match value {
        #[expect(clippy::cast_precision_loss, reason = "seconds of a timeout are small")]
        Value::Integer(number) => *number as f64,
        Value::Number(number) => *number,
        other => return Err(fault(key, other, "seconds, such as 0.5")),
    };
    Duration::try_from_secs_f64(number)
        .map_err(|_| fault(key, value, "seconds that are not negative"))
}

pub(super) fn count(key: &str, value: &Value) -> mlua::Result<u8> {
    match value {
        Value::Boolean(false) => Ok(0),
        Value::Integer(number) if (0..=100).contains(number) => {
            Ok(u8::try_from(*number).unwrap_or(0))
        }
        other => Err(fault(key, other, "a whole number from 0 to 100")),
    }
}

pub(super) fn fault(key: &str, got: &Value, wanted: &str) -> mlua::Error {
    let got = argument::shown(got);
    mlua::Error::runtime(format!("option {key} is {got}; it takes {wanted}"))
}
