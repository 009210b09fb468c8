//! The clock of a run.
//!
//! In: the environment, in debug builds alone. Out: a [`Clock`]. Must never know: what a run does by it.

use crate::cli::CLOCK_SPEED;
use crate::clock::Clock;

/// The machine's clock. A test of a debug build may have it go faster; a release build says of the variable that it
/// means nothing, as of each that no option reads.
pub fn of_a_run() -> Clock {
    let asked = cfg!(debug_assertions).then(|| std::env::var(CLOCK_SPEED).ok());
    let speed = asked.flatten().and_then(|speed| speed.parse().ok());
    Clock::with_speed(speed.unwrap_or(1.0))
}
