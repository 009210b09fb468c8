//! `time`: what the clock says, and times as text.
//!
//! In: a [`TimeSource`]. Out: seconds as numbers, and texts in the form of RFC 3339. It never waits: that is `think`.
//!
//! What a script sees: `now()` (seconds since 1970-01-01 UTC, with a fraction), `monotonic()` (seconds from any fixed
//! moment, for differences), `iso([t])` (`2026-11-23T10:15:00Z`, with milliseconds when `t` has a fraction) and
//! `parse(text)` (seconds, or `nil, message`).

use std::rc::Rc;
use std::time::SystemTime;

use mlua::{Error, Lua, Result, Table, Value};
use time::format_description::StaticFormatDescription;
use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, macros::format_description};
use tokio::time::Instant;

use super::argument;
use super::signature::{Function, Namespace, Registration, optional, required, returned};
use crate::clock::Clock;

const WHOLE: StaticFormatDescription =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z");
const MILLISECONDS: StaticFormatDescription =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");

/// Where the time comes from, both in seconds.
#[derive(Clone)]
pub struct TimeSource {
    /// Since 1970-01-01 UTC.
    pub now: Rc<dyn Fn() -> f64>,
    /// Since any fixed moment; never runs backwards.
    pub monotonic: Rc<dyn Fn() -> f64>,
}

impl TimeSource {
    /// The clocks of the machine; in virtual time, that.
    pub fn of(clock: Clock) -> Self {
        let start = Instant::now();
        Self {
            now: Rc::new(move || {
                let now = match clock.is_virtual() {
                    true => clock.time_of_day(),
                    false => clock.machine_time(),
                };
                // A clock before 1970 reads as 1970.
                let since = now.duration_since(SystemTime::UNIX_EPOCH);
                since.map_or(0.0, |since| since.as_secs_f64())
            }),
            monotonic: Rc::new(move || start.elapsed().as_secs_f64()),
        }
    }
}

const NOW: Function = Function::new("time", "now", "The time of the clock.")
    .returns(&[returned("number", "Since 1970-01-01 UTC, with a fraction.").unit("s")])
    .example(include_str!("examples/time.now.lua"));
const MONOTONIC: Function = Function::new(
    "time",
    "monotonic",
    "The time of a clock that is never set back, for differences.",
)
.returns(&[returned(
    "number",
    "Since a moment that is the same for the whole run.",
)
.unit("s")])
.example(include_str!("examples/time.monotonic.lua"));
const ISO: Function = Function::new("time", "iso", "A time as text (RFC 3339).")
    .takes(&[optional("t", "number")
        .doc("Since 1970-01-01 UTC.")
        .unit("s")
        .or("now")])
    .returns(&[returned(
        "string",
        "In UTC; with milliseconds where t has a fraction or is left out.",
    )])
    .fails("An error when t is not within the years 0 to 9999.")
    .example(include_str!("examples/time.iso.lua"));
const PARSE: Function = Function::new("time", "parse", "The time that a text says (RFC 3339).")
    .takes(&[required("text", "string").doc("With an offset or Z, and any fraction.")])
    .returns(&[
        returned("number?", "Since 1970-01-01 UTC.").unit("s"),
        returned("string?", "Why there is none."),
    ])
    .fails("nil and a message when it is not such a time.")
    .example(include_str!("examples/time.parse.lua"));

/// `time`.
pub const TABLE: Namespace = Namespace {
    name: "time",
    doc: "The time, and times as text.",
    functions: &[&NOW, &MONOTONIC, &ISO, &PARSE],
    values: &[],
};

/// The table `time` over a clock.
///
/// # Errors
/// When the VM has no memory left.
pub fn table(lua: &Lua, clock: &TimeSource) -> Result<Table> {
    let time = Registration::new(lua, &TABLE)?;
    let now = clock.now.clone();
    time.function(&NOW, move |_, ()| Ok(now()))?;
    let monotonic = clock.monotonic.clone();
    time.function(&MONOTONIC, move |_, ()| Ok(monotonic()))?;
    let now = clock.now.clone();
    time.function(&ISO, move |_, seconds: Value| {
        let (seconds, whole) = match &seconds {
            Value::Nil => (now(), false),
            given => {
                let seconds = argument::number("time.iso", "t", given)?;
                (seconds, seconds.fract() == 0.0)
            }
        };
        text(seconds, whole)
    })?;
    time.function(&PARSE, |_, text: Value| {
        let text = argument::string("time.parse", "the text", &text)?.to_string_lossy();
        Ok(match OffsetDateTime::parse(&text, &Rfc3339) {
            Ok(moment) => (Some(seconds(moment)), None),
            Err(_) => (None, Some(no_time(&text))),
        })
    })?;
    time.finish()
}

fn seconds(moment: OffsetDateTime) -> f64 {
    moment.unix_timestamp() as f64 + f64::from(moment.nanosecond()) / 1e9
}

fn text(seconds: f64, whole: bool) -> Result<String> {
    // A float near 2^31 is exact to 10^-7: round to milliseconds, so that .2 does not become .199.
    let milliseconds = (seconds * 1e3).round() as i128;
    let moment = OffsetDateTime::from_unix_timestamp_nanos(milliseconds.saturating_mul(1_000_000))
        .ok()
        .filter(|moment| (0..=9999).contains(&moment.year()))
        .ok_or_else(|| {
            Error::runtime(format!(
                "time.iso: t is {seconds}, seconds within the years 0 to 9999 were expected"
            ))
        })?;
    let format = if whole { WHOLE } else { MILLISECONDS };
    moment.format(&format).map_err(Error::external)
}

fn no_time(text: &str) -> String {
    let short: String = text.chars().take(40).collect();
    format!("{short:?} is not a time such as \"2026-11-23T10:15:00Z\" (RFC 3339)")
}
