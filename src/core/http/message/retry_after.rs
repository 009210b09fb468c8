//! `Retry-After` (RFC 9110, 10.2.3): seconds, or a date.

use std::time::{Duration, SystemTime};

use super::headers::Headers;

/// The requested delay from `now` on; none without a valid value. A moment
/// in the past is zero. A date may have each of the three formats of RFC 9110, 5.6.7, and seconds may have a
/// fraction: the RFC does not allow it, but servers send them.
pub fn retry_after(headers: &Headers, now: SystemTime) -> Option<Duration> {
    let value = headers.get_str("retry-after")?.trim();
    if value.bytes().next()?.is_ascii_digit() {
        return seconds(value);
    }
    let date = httpdate::parse_http_date(value).ok()?;
    Some(date.duration_since(now).unwrap_or(Duration::ZERO))
}

/// Digits, optionally with a fraction.
fn seconds(value: &str) -> Option<Duration> {
    let (whole, fraction) = value.split_once('.').unwrap_or((value, ""));
    if !whole
        .bytes()
        .chain(fraction.bytes())
        .all(|byte| byte.is_ascii_digit())
    {
        return None;
    }
    // Overflow saturates.
    let whole = Duration::from_secs(whole.parse().unwrap_or(u64::MAX));
    let fraction = format!("0.{fraction}0").parse().unwrap_or(0.0);
    Some(whole.saturating_add(Duration::from_secs_f64(fraction)))
}
