use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::fmt::strtime;
use jiff::tz::TimeZone;
use serde_json::Value;

/// Seconds since 1970 of a time in a log: ISO 8601, that of a combined log, or a number of seconds, milliseconds,
/// microseconds or nanoseconds. A time without a zone is in `zone`.
pub(super) fn seconds(value: &Value, zone: &TimeZone) -> Option<f64> {
    match value {
        Value::Number(number) => epoch(number.as_f64()?),
        Value::String(text) => of_text(text.trim(), zone),
        _ => None,
    }
}

/// As [`seconds`], of a text.
pub(super) fn of_text(text: &str, zone: &TimeZone) -> Option<f64> {
    if let Ok(number) = text.parse::<f64>() {
        return epoch(number);
    }
    if let Ok(time) = text.parse::<Timestamp>() {
        return Some(of(time));
    }
    if let Ok(time) = strtime::parse("%d/%b/%Y:%H:%M:%S %z", text)
        && let Ok(time) = time.to_timestamp()
    {
        return Some(of(time));
    }
    let civil: DateTime = text.parse().ok().or_else(|| {
        strtime::parse("%d/%b/%Y:%H:%M:%S", text)
            .ok()?
            .to_datetime()
            .ok()
    })?;
    Some(of(zone.to_timestamp(civil).ok()?))
}

fn of(time: Timestamp) -> f64 {
    time.as_nanosecond() as f64 / 1e9
}

/// A number of seconds since 1970, whatever its unit: each is a thousand times the one before.
fn epoch(number: f64) -> Option<f64> {
    // From 1973 on these do not overlap until the year 5138.
    let seconds = match number {
        _ if !(1e8..1e20).contains(&number) => return None,
        _ if number < 1e11 => number,
        _ if number < 1e14 => number / 1e3,
        _ if number < 1e17 => number / 1e6,
        _ => number / 1e9,
    };
    Some(seconds)
}

/// Seconds of a duration: a number in the unit that its field's name tells, or a text such as `12ms`.
pub(super) fn duration(field: &str, value: &Value) -> Option<f64> {
    let unit = match field {
        _ if field.ends_with("_ms") || field.ends_with("millis") => 1e-3,
        _ if field.ends_with("_us") || field.ends_with("micros") => 1e-6,
        _ if field.ends_with("_ns") || field.ends_with("nanos") => 1e-9,
        _ => 1.0,
    };
    let seconds = match value {
        Value::Number(number) => number.as_f64()? * unit,
        Value::String(text) => {
            let text = text.trim();
            let digits = text.trim_end_matches(|letter: char| letter.is_alphabetic());
            let number: f64 = digits.trim().parse().ok()?;
            number
                * match text[digits.len()..].trim() {
                    "" => unit,
                    "s" => 1.0,
                    "ms" => 1e-3,
                    "us" | "µs" => 1e-6,
                    "ns" => 1e-9,
                    _ => return None,
                }
        }
        _ => return None,
    };
    (seconds.is_finite() && (0.0..86_400.0).contains(&seconds)).then_some(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_all_kinds_are_one_moment() {
        let lisbon = TimeZone::get("Europe/Lisbon").unwrap();
        for text in [
            "2026-07-01T12:00:00.250Z",
            "2026-07-01T14:00:00.250+02:00",
            "2026-07-01T13:00:00.250",
            "1782907200.250",
            "1782907200250",
        ] {
            let seconds = of_text(text, &lisbon).unwrap();
            assert!(
                (seconds - 1_782_907_200.25).abs() < 1e-6,
                "{text}: {seconds}"
            );
        }
        let combined = of_text("01/Jul/2026:14:00:00 +0200", &TimeZone::UTC);
        assert_eq!(combined, Some(1_782_907_200.0));
        assert_eq!(of_text("yesterday", &TimeZone::UTC), None);
        assert_eq!(of_text("-5", &TimeZone::UTC), None);
    }

    #[test]
    fn durations_have_units() {
        let value = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        assert_eq!(duration("duration_ms", &value("12")), Some(0.012));
        assert_eq!(duration("request_time", &value("\"0.5\"")), Some(0.5));
        assert_eq!(duration("took", &value("\"12ms\"")), Some(0.012));
        assert_eq!(duration("took", &value("\"soon\"")), None);
        assert_eq!(duration("took", &value("-1")), None);
    }
}
