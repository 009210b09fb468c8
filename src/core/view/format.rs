//! Figures as people read them: a blank between figure and unit, as SI has it, and a dash for what was not measured. The
//! page has the same in `format.js`; `tests/view/format.json` holds both to it.

/// What stands where there is no figure.
pub const NOTHING: &str = "-";

/// Seconds with three digits: `812 µs`, `3.12 ms`, `12.3 ms`, `1.24 s`, `90.0 s`.
pub fn time(seconds: f64) -> String {
    let micros = seconds * 1e6;
    if micros.round() < 1e3 {
        return format!("{} µs", micros.round());
    }
    if let Some(digits) = three_digits(seconds * 1e3) {
        return format!("{digits} ms");
    }
    match three_digits(seconds) {
        Some(digits) => format!("{digits} s"),
        None => format!("{} s", count(seconds.round() as u64)),
    }
}

/// A stretch of a run: `42 s`, `3 min 5 s`, `2 h 0 min`.
pub fn span(seconds: f64) -> String {
    let seconds = seconds.round() as u64;
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {} min", seconds / 3600, seconds / 60 % 60),
    }
}

/// A whole number with its thousands apart: `12,345`.
pub fn count(count: u64) -> String {
    let digits = count.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// Bytes in decimal units with three digits: `812 B`, `1.20 kB`, `12.3 MB`.
pub fn bytes(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["kB", "MB", "GB", "TB", "PB"];
    if bytes < 1000 {
        return format!("{bytes} B");
    }
    let mut scaled = bytes as f64;
    let mut last = String::new();
    for unit in UNITS {
        scaled /= 1e3;
        match three_digits(scaled) {
            Some(digits) => return format!("{digits} {unit}"),
            None => last = format!("{} {unit}", count(scaled.round() as u64)),
        }
    }
    last
}

/// Events a second: `0.25`, `12.3`, `12,345`.
pub fn rate(per_second: f64) -> String {
    match three_digits(per_second) {
        Some(digits) => digits,
        None => count(per_second.round() as u64),
    }
}

/// Seconds as [`time`] says them; [`NOTHING`] where nothing was timed.
pub fn measured(seconds: Option<f64>) -> String {
    seconds.map_or_else(|| NOTHING.to_owned(), time)
}

/// Events a second as [`rate`] says it, `12.3/s`; [`NOTHING`] where the time was too short to tell.
pub fn per_second(rate_told: Option<f64>) -> String {
    rate_told.map_or_else(|| NOTHING.to_owned(), |told| format!("{}/s", rate(told)))
}

/// A part of a whole in per cent: `84.2 %`, `<0.1 %`; [`NOTHING`] of nothing.
pub fn share(part: u64, whole: u64) -> String {
    ratio((whole > 0).then(|| part as f64 / whole as f64))
}

/// A share, 0 to 1, in per cent; [`NOTHING`] where there is none. What is neither nothing nor all is never said to be.
pub fn ratio(share: Option<f64>) -> String {
    let Some(percent) = share.map(|share| share * 100.0) else {
        return NOTHING.to_owned();
    };
    if percent <= 0.0 {
        "0 %".to_owned()
    } else if percent < 0.05 {
        "<0.1 %".to_owned()
    } else if percent == 100.0 {
        "100 %".to_owned()
    } else if percent > 99.95 && percent < 100.0 {
        ">99.9 %".to_owned()
    } else {
        format!("{percent:.1} %")
    }
}

/// A share of a core in whole per cent, `99 %`: as `top` says it; [`NOTHING`] where the system does not tell.
pub fn cpu(cores: Option<f64>) -> String {
    cores.map_or_else(
        || NOTHING.to_owned(),
        |cores| format!("{:.0} %", cores * 100.0),
    )
}

/// A version; 0 means all that are too old to be distinguished.
pub fn version(number: u32) -> String {
    if number == 0 {
        "older".to_owned()
    } else {
        number.to_string()
    }
}

/// A kind of failure as a phrase: `503` of `status 503`, `connection reset` of `reset`.
pub fn reason(kind: &str) -> &str {
    match kind {
        "dns" => "host name not found",
        "connect" => "no connection",
        "tls" => "TLS failed",
        "timeout" => "timeout",
        "reset" => "connection reset",
        "protocol" => "not valid HTTP",
        "truncated" => "response cut off",
        "decode" => "body cannot be decoded",
        "too_large" => "response too large",
        "redirects" => "too many redirects",
        "not_allowed" => "connection not allowed",
        other => other.strip_prefix("status ").unwrap_or(other),
    }
}

/// Any other figure: at most three decimals, none that say nothing.
pub fn figure(value: f64) -> String {
    if value.fract() == 0.0 && value.abs() < 1e15 {
        let grouped = count(value.abs() as u64);
        return if value < 0.0 {
            format!("-{grouped}")
        } else {
            grouped
        };
    }
    let text = format!("{value:.3}");
    let trimmed = text.trim_end_matches('0').trim_end_matches('.');
    if matches!(trimmed, "0" | "-0") {
        format!("{value:.2e}")
    } else {
        trimmed.to_owned()
    }
}

/// Three digits of a figure below a thousand.
fn three_digits(value: f64) -> Option<String> {
    if value < 9.995 {
        Some(format!("{value:.2}"))
    } else if value < 99.95 {
        Some(format!("{value:.1}"))
    } else if value < 999.5 {
        Some(format!("{value:.0}"))
    } else {
        None
    }
}
