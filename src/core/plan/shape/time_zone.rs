//! From the time at which a run begins to the time of day in a zone, whose clock is put forward and back.

use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};

use crate::plan::span::DAY;

/// The zone where nothing says one.
pub const DEFAULT_TIME_ZONE: &str = "UTC";

/// For so long ahead it is known when clocks are put forward and back: twenty years.
const AHEAD: Duration = Duration::from_secs(20 * 366 * 24 * 3_600);

/// 1970-01-01 was a Thursday, three days after a Monday.
const MONDAY: Duration = Duration::from_secs(3 * 24 * 3_600);

/// Why a zone is unknown; none where it is known.
pub fn time_zone_fault(zone: &str) -> Option<&'static str> {
    TimeZone::get(zone)
        .is_err()
        .then_some("is not a time zone of the IANA database")
}

/// From which moment of a run on its time is how much behind that of a week in the zone, which begins on a Monday: from its
/// beginning, and from each change of the zone's clock on. A zone that there is not has the time of UTC.
pub fn offsets(zone: &str, began: Duration) -> Vec<(Duration, Duration)> {
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    let Ok(start) = i64::try_from(began.as_secs())
        .map_err(drop)
        .and_then(|seconds| Timestamp::from_second(seconds).map_err(drop))
    else {
        return vec![(Duration::ZERO, Duration::ZERO)];
    };
    let mut offsets = vec![(Duration::ZERO, ahead(began, zone.to_offset(start)))];
    for change in zone.following(start) {
        let at = u64::try_from(change.timestamp().as_second()).unwrap_or(u64::MAX);
        let Some(at) = Duration::from_secs(at)
            .checked_sub(began)
            .filter(|at| *at < AHEAD)
        else {
            break;
        };
        offsets.push((at, ahead(began, change.offset())));
    }
    offsets
}

/// How much a run's time is behind that of the week.
fn ahead(began: Duration, offset: Offset) -> Duration {
    let week = 7 * DAY.as_secs() as i64;
    let seconds = (i64::from(offset.seconds())).rem_euclid(week);
    let week = Duration::from_secs(week as u64);
    let since_monday = began + MONDAY + Duration::from_secs(seconds as u64);
    Duration::from_nanos((since_monday.as_nanos() % week.as_nanos()) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: u64 = 3_600;

    fn seconds_of(text: &str) -> Duration {
        let at: Timestamp = text.parse().expect("a time");
        Duration::from_secs(at.as_second() as u64)
    }

    #[test]
    fn a_week_begins_on_monday_at_midnight_in_the_zone() {
        for (zone, began, day, hours) in [
            ("UTC", "2026-11-30T00:00:00Z", 0, 0),
            ("UTC", "2026-11-29T13:00:00Z", 6, 13),
            ("Asia/Tokyo", "2026-11-29T20:00:00Z", 0, 5),
            ("America/New_York", "2026-11-30T02:00:00Z", 6, 21),
        ] {
            let offsets = offsets(zone, seconds_of(began));
            let expected = Duration::from_secs((day * 24 + hours) * HOUR);
            assert_eq!(offsets[0], (Duration::ZERO, expected), "{zone} {began}");
        }
        assert!(
            time_zone_fault("Mars/Olympus").is_some() && time_zone_fault("Europe/Berlin").is_none()
        );
    }

    #[test]
    fn a_day_of_23_hours_leaves_one_out_and_one_of_25_repeats_it() {
        // In Berlin the clock is put forward on 2026-03-29 and back on 2026-10-25, both a Sunday.
        for (began, at, hours) in [
            ("2026-03-28T23:00:00Z", 2 * HOUR, 3),
            ("2026-10-24T22:00:00Z", 3 * HOUR, 2),
        ] {
            let offsets = offsets("Europe/Berlin", seconds_of(began));
            let sunday = Duration::from_secs(6 * 24 * HOUR);
            assert_eq!(offsets[0], (Duration::ZERO, sunday), "midnight of {began}");
            let (when, offset) = offsets[1];
            assert_eq!(when, Duration::from_secs(at), "{began}");
            assert_eq!(
                when + offset,
                sunday + Duration::from_secs(hours * HOUR),
                "{began}"
            );
        }
    }
}
