use std::time::Duration;

/// Longest first, so that `ms` is not read as minutes.
const UNITS: [(&str, f64); 7] = [
    ("ms", 0.001),
    ("us", 0.000_001),
    ("µs", 0.000_001),
    ("d", DAY.as_secs() as f64),
    ("h", 3_600.0),
    ("m", 60.0),
    ("s", 1.0),
];

/// A day of the clock.
pub const DAY: Duration = Duration::from_secs(24 * 3_600);

/// The longest valid span: ten years.
const LONGEST: f64 = 10.0 * 366.0 * DAY.as_secs() as f64;

/// Reads a span of time: a number of seconds (`300`, `0.5`), or numbers with units, the largest first (`5m`, `1h30m`, `500ms`).
/// Anything else, and more than ten years, is `None`.
pub fn parse_span(text: &str) -> Option<Duration> {
    let text = text.trim();
    let seconds = if text.ends_with(|last: char| last.is_ascii_digit()) {
        number(text)?
    } else {
        with_units(text)?
    };
    span_of_seconds(seconds)
}

/// A span of so many seconds, from 0 to ten years.
pub fn span_of_seconds(seconds: f64) -> Option<Duration> {
    // NaN is in no range.
    let is_span = (0.0..=LONGEST).contains(&seconds);
    is_span.then(|| Duration::from_secs_f64(seconds))
}

fn with_units(mut text: &str) -> Option<f64> {
    let mut seconds = 0.0;
    let mut last_unit = f64::INFINITY;
    while !text.is_empty() {
        let digits = text.find(|c: char| !(c.is_ascii_digit() || c == '.'))?;
        let (unit, length) = UNITS
            .iter()
            .find(|(unit, _)| text[digits..].starts_with(unit))?;
        if *length >= last_unit {
            return None;
        }
        last_unit = *length;
        seconds += number(&text[..digits])? * length;
        text = &text[digits + unit.len()..];
    }
    (last_unit < f64::INFINITY).then_some(seconds)
}

/// Digits and at most one point: no sign, no exponent, no `inf`.
pub(super) fn number(text: &str) -> Option<f64> {
    let plain = text.starts_with(|first: char| first.is_ascii_digit())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.');
    if plain { text.parse().ok() } else { None }
}

/// Writes a span as [`parse_span`] reads it: `1h30m`, `90s` as `1m30s`, `0.5s` as `500ms`.
pub fn show_span(span: Duration) -> String {
    let mut seconds = span.as_secs();
    let mut shown = String::new();
    for (unit, length) in [("d", DAY.as_secs()), ("h", 3_600), ("m", 60), ("s", 1)] {
        let count = seconds / length;
        if count > 0 {
            shown.push_str(&format!("{count}{unit}"));
        }
        seconds %= length;
    }
    if span.subsec_millis() > 0 {
        shown.push_str(&format!("{}ms", span.subsec_millis()));
    }
    if shown.is_empty() {
        "0s".to_owned()
    } else {
        shown
    }
}
