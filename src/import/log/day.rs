use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::arrivals::{self, Parts};
use super::records::Log;
use super::sessions::Session;
use crate::import::wanted::LogOptions;

/// Points of a day.
const POINTS: usize = 48;
/// Seconds of a day.
const DAY: f64 = 86_400.0;
/// Days that are looked at.
const MOST_DAYS: usize = 3660;
/// A log that lasts less shows no day.
const LEAST: f64 = 20.0 * 3600.0;

/// The course of a day.
pub(super) struct Day {
    /// Sessions that begin in a second, in the mean.
    pub arrivals: f64,
    /// Factors of it by the second of the day: each holds at its time, with straight lines between.
    pub curve: Vec<(u32, f64)>,
}

/// How many sessions begin over the day; none where the log is shorter than a day.
pub(super) fn day(log: &Log, sessions: &[Session], options: &LogOptions) -> Option<Day> {
    if options.day_length.is_none() && log.span() < LEAST {
        return None;
    }
    let parts = parts(log, options);
    let rates = points(&arrivals::rates(log, sessions, &parts, POINTS));
    let mean = rates.iter().sum::<f64>() / POINTS as f64;
    if mean <= 0.0 {
        return None;
    }
    let width = DAY / POINTS as f64;
    let factor = |(place, rate): (usize, &f64)| {
        let middle = (place as f64 + 0.5) * width;
        (middle as u32, (rate / mean).min(100.0))
    };
    Some(Day {
        arrivals: mean / parts.width,
        curve: rates.iter().enumerate().map(factor).collect(),
    })
}

/// The parts of the day that the log covers, in its order; its first and last one may be cut.
fn parts(log: &Log, options: &LogOptions) -> Parts {
    let zone = options
        .zone
        .as_deref()
        .and_then(|zone| TimeZone::get(zone).ok());
    let zone = zone.unwrap_or(TimeZone::UTC);
    let first = log.records.first().map_or(0.0, |record| record.start);
    let place_in_day = |time: f64| match options.day_length {
        Some(length) => ((time - first) / length).rem_euclid(1.0) * POINTS as f64,
        None => {
            let time = Timestamp::from_nanosecond((time * 1e9) as i128);
            let time = time.map(|time| zone.to_datetime(time).time());
            let second = time.map_or(0.0, |time| {
                f64::from(time.hour()) * 3600.0
                    + f64::from(time.minute()) * 60.0
                    + f64::from(time.second())
            });
            second / DAY * POINTS as f64
        }
    };
    let width = options.day_length.unwrap_or(DAY) / POINTS as f64;
    let before = place_in_day(first).fract();
    let begin = first - before * width;
    let whole = before + log.span() / width;
    let count = (whole.ceil().max(1.0) as usize).min(POINTS * MOST_DAYS);
    let of_part = |part: usize| {
        let place = place_in_day(begin + (part as f64 + 0.5) * width);
        (place as usize).min(POINTS - 1)
    };
    let mut covered = vec![1.0; count];
    covered[0] -= before;
    if let Some(last) = covered.last_mut() {
        *last -= (count as f64 - whole).clamp(0.0, *last);
    }
    Parts {
        of_day: (0..count).map(of_part).collect(),
        covered,
        width,
        begin,
    }
}

/// Rounds in which the points settle: each leaves at most half of what is missing.
const ROUNDS: usize = 30;

/// The points whose straight lines have these means over the parts of the day, where that takes none below 0: a part with
/// a point `f` in its middle, between `e` and `g`, has the mean `(e + 6 f + g) / 8`.
fn points(means: &[f64]) -> Vec<f64> {
    let count = means.len();
    let mut points = means.to_vec();
    for _ in 0..ROUNDS {
        let missing: Vec<f64> = (0..count)
            .map(|place| {
                let before = points[(place + count - 1) % count];
                let after = points[(place + 1) % count];
                means[place] - (before + 6.0 * points[place] + after) / 8.0
            })
            .collect();
        for (point, missing) in points.iter_mut().zip(missing) {
            *point = (*point + missing).max(0.0);
        }
    }
    points
}

#[cfg(test)]
mod tests {
    use super::points;

    #[test]
    fn lines_between_points_have_the_means_of_their_parts() {
        let means: Vec<f64> = (0..48)
            .map(|part| if part == 0 { 3.0 } else { 1.0 })
            .collect();
        let points = points(&means);
        for place in 0..48 {
            let (before, after) = (points[(place + 47) % 48], points[(place + 1) % 48]);
            let mean = (before + 6.0 * points[place] + after) / 8.0;
            assert!((mean - means[place]).abs() < 1e-6, "{place}: {mean}");
        }
    }
}
