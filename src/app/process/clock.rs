//! The clock of a run.
//!
//! In: the environment, in debug builds alone. Out: a [`Clock`]. Must never know: what a run does by it.

use crate::cli::{CLOCK_AHEAD, CLOCK_SPEED};
use crate::clock::Clock;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// The machine's clock. A test of a debug build may have it go faster; a release build says of the variable that it
/// means nothing, as of each that no option reads.
pub fn of_a_run() -> Clock {
    let clock = Clock::with_speed(of_a_test(CLOCK_SPEED).unwrap_or(1.0));
    clock.ahead(seconds_ahead())
}

/// By how many seconds the time of day of this machine is off: by none, except in a test of a debug build.
pub fn seconds_ahead() -> i64 {
    of_a_test(CLOCK_AHEAD).unwrap_or(0)
}

fn of_a_test<T: std::str::FromStr>(variable: &str) -> Option<T> {
    let asked = cfg!(debug_assertions).then(|| std::env::var(variable).ok());
    asked.flatten()?.parse().ok()
}

/// The time of day, RFC 3339 in UTC.
pub fn now() -> String {
    let now = OffsetDateTime::now_utc();
    let whole = now.replace_millisecond(now.millisecond()).unwrap_or(now);
    // A year of five digits is the one thing that it cannot say.
    whole.format(&Rfc3339).unwrap_or_default()
}
