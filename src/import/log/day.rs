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
