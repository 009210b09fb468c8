//! How long an answer takes.

use std::time::Duration;

use mlua::{Table, Value};

use crate::plan::span::{parse_span, span_of_seconds};
use crate::random::Stream;
use crate::script::api::argument;
use crate::script::api::test_api::LATENCY;
use crate::script::vm::read_only;

/// What takes no time would let a user without think time send without end in one moment.
pub const LEAST: Duration = Duration::from_millis(1);
/// The quantile of the standard normal distribution at 99 %.
const Z99: f64 = 2.326_347_874_040_841;
/// What a latency is written as.
const FORMS: &str = "write \"40ms\", seconds as a number, { p50 = \"40ms\", p99 = \"200ms\" } or { min = \"10ms\", max = \"60ms\" }";

/// A distribution of latencies.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Latency {
    /// Always this one.
    Fixed(Duration),
    /// Log-normal: the logarithm of its seconds has this mean and this standard deviation.
    LogNormal { mean: f64, deviation: f64 },
    /// As often from here as from there, in seconds.
    Uniform { low: f64, high: f64 },
}

impl Latency {
    /// The log-normal distribution with this median and this quantile of 99 %, in seconds above 0.
    pub fn of_quantiles(p50: f64, p99: f64) -> Self {
        Self::LogNormal {
            mean: p50.ln(),
            deviation: (p99 / p50).ln() / Z99,
        }
    }

    /// One of its values, never less than [`LEAST`].
    pub fn draw(self, stream: &mut Stream) -> Duration {
        let seconds = match self {
            Self::Fixed(span) => return span.max(LEAST),
            Self::LogNormal { mean, deviation } => (mean + deviation * normal(stream)).exp(),
            Self::Uniform { low, high } => low + (high - low) * stream.float(),
        };
        Duration::try_from_secs_f64(seconds)
            .unwrap_or(Duration::MAX)
            .max(LEAST)
    }

    /// The latency that a value of a mock file says.
    ///
    /// # Errors
    /// Says what it is, and what it may be.
    pub fn read(value: &Value) -> Result<Self, String> {
        match value {
            Value::Table(table) => Self::of_table(&read_only::real(table)),
            other => span(other, "latency").map(Self::Fixed),
        }
    }

    fn of_table(table: &Table) -> Result<Self, String> {
        for pair in table.pairs::<Value, Value>() {
            let (key, _) = pair.map_err(|why| argument::words(&why))?;
            let key = key.to_string().unwrap_or_default();
            if !LATENCY.has(&key) {
                let meant = LATENCY.meant(&key);
                return Err(format!("latency has no '{key}'{meant}; {FORMS}"));
            }
        }
        let get = |key: &str| -> Result<Option<f64>, String> {
            let value: Value = table.raw_get(key).map_err(|why| argument::words(&why))?;
            if value.is_nil() {
                return Ok(None);
            }
            let span = span(&value, &format!("latency.{key}"))?;
            Ok(Some(span.as_secs_f64()))
        };
        match (get("p50")?, get("p99")?, get("min")?, get("max")?) {
            (Some(p50), p99, None, None) => {
                let p99 = p99.unwrap_or(p50);
                if p50 <= 0.0 || p99 < p50 {
                    return Err("latency: p50 is to be above 0, and p99 not below it".to_owned());
                }
                Ok(Self::of_quantiles(p50, p99))
            }
            (None, None, Some(low), Some(high)) if low <= high => Ok(Self::Uniform { low, high }),
            (None, None, Some(_), Some(_)) => Err("latency: min is above max".to_owned()),
            _ => Err(format!("latency is incomplete; {FORMS}")),
        }
    }
}

fn span(value: &Value, name: &str) -> Result<Duration, String> {
    let span = match value {
        Value::Integer(seconds) => span_of_seconds(*seconds as f64),
        Value::Number(seconds) => span_of_seconds(*seconds),
        Value::String(text) => parse_span(&text.to_string_lossy()),
        other => {
            return Err(format!("{name} is {}; {FORMS}", argument::kind(other)));
        }
    };
    span.ok_or_else(|| {
        let shown = value.to_string().unwrap_or_default();
        format!("{name} is '{shown}', which is no time; {FORMS}")
    })
}

/// A value of the standard normal distribution (Box and Muller, 1958).
fn normal(stream: &mut Stream) -> f64 {
    let (one, two) = (1.0 - stream.float(), stream.float());
    (-2.0 * one.ln()).sqrt() * (std::f64::consts::TAU * two).cos()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Purpose;

    #[test]
    fn half_are_below_p50_and_one_in_a_hundred_is_above_p99() {
        let (p50, p99) = (0.040_f64, 0.200_f64);
        let latency = Latency::of_quantiles(p50, p99);
        let mut stream = Stream::new(7, 0, Purpose::Mock);
        let drawn: Vec<f64> = (0..20_000)
            .map(|_| latency.draw(&mut stream).as_secs_f64())
            .collect();
        let share = |most: f64| {
            let below = drawn.iter().filter(|seconds| **seconds <= most).count();
            below as f64 / drawn.len() as f64
        };
        assert!((share(p50) - 0.5).abs() < 0.015, "{}", share(p50));
        assert!((share(p99) - 0.99).abs() < 0.004, "{}", share(p99));
    }

    #[test]
    fn nothing_takes_no_time() {
        let mut stream = Stream::new(7, 0, Purpose::Mock);
        assert_eq!(Latency::Fixed(Duration::ZERO).draw(&mut stream), LEAST);
    }
}
