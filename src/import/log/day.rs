use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::records::Log;
use super::sessions::Session;
use crate::import::wanted::LogOptions;

/// Points of a day.
const POINTS: usize = 48;
/// Seconds of a day.
const DAY: f64 = 86_400.0;
/// A log that lasts less shows no day.
const LEAST: f64 = 20.0 * 3600.0;

/// How many sessions begin over the day, as factors of the mean; empty where the log is shorter than a day.
///
/// Each factor holds in the middle of its part of the day, with straight lines between.
pub(super) fn day(log: &Log, sessions: &[Session], options: &LogOptions) -> Vec<(u32, f64)> {
    if options.day_length.is_none() && log.span() < LEAST {
        return Vec::new();
    }
    let zone = options
        .zone
        .as_deref()
        .and_then(|zone| TimeZone::get(zone).ok());
    let zone = zone.unwrap_or(TimeZone::UTC);
    let first = log.records.first().map_or(0.0, |record| record.start);
    let second_of_day = |start: f64| match options.day_length {
        Some(length) => ((start - first) / length).fract() * DAY,
        None => {
            let time = Timestamp::from_nanosecond((start * 1e9) as i128);
            let time = time.map(|time| zone.to_datetime(time).time());
            time.map_or(0.0, |time| {
                f64::from(time.hour()) * 3600.0
                    + f64::from(time.minute()) * 60.0
                    + f64::from(time.second())
            })
        }
    };
    let mut counts = [0.0; POINTS];
    for session in sessions {
        let begins = session
            .records
            .first()
            .map(|place| log.records[*place as usize].start);
        let part = second_of_day(begins.unwrap_or(first)) / DAY * POINTS as f64;
        counts[(part as usize).min(POINTS - 1)] += 1.0;
    }
    let covered = covered(log, options, second_of_day);
    let rates: Vec<f64> = counts
        .iter()
        .zip(&covered)
        .map(|(count, share)| if *share > 0.0 { count / share } else { 0.0 })
        .collect();
    let rates = points(&rates);
    let mean = rates.iter().sum::<f64>() / POINTS as f64;
    let width = DAY / POINTS as f64;
    rates
        .iter()
        .enumerate()
        .map(|(place, rate)| {
            let middle = (place as f64 + 0.5) * width;
            (
                middle as u32,
                (rate / mean.max(f64::MIN_POSITIVE)).min(100.0),
            )
        })
        .collect()
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

/// How often the log covers each part of the day: its first and last day may be halves.
fn covered(log: &Log, options: &LogOptions, second_of_day: impl Fn(f64) -> f64) -> [f64; POINTS] {
    let mut covered = [0.0; POINTS];
    let first = log.records.first().map_or(0.0, |record| record.start);
    let width = options.day_length.unwrap_or(DAY) / POINTS as f64;
    let parts = (log.span() / width).ceil().max(1.0) as usize;
    for part in 0..parts.min(POINTS * 3660) {
        let middle = first + (part as f64 + 0.5) * width;
        let place = second_of_day(middle) / DAY * POINTS as f64;
        covered[(place as usize).min(POINTS - 1)] += 1.0;
    }
    covered
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
