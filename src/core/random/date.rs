//! Days of the calendar.

use time::{Date, macros::date as day};

use super::Stream;

/// Default first day of [`date`]: with [`DEFAULT_TO`], dates of birth of adults.
pub const DEFAULT_FROM: Date = day!(1950 - 01 - 01);
/// Default last day of [`date`].
pub const DEFAULT_TO: Date = day!(2005 - 12 - 31);

/// A day from `from` to `to`, both included.
pub fn date(stream: &mut Stream, from: Date, to: Date) -> Date {
    let (first, last) = (from.to_julian_day(), to.to_julian_day());
    let drawn = stream.int(first.into(), last.into()) as i32;
    Date::from_julian_day(drawn).unwrap_or(from)
}
