//! Numbers and strings of TOML as text, and as the values of settings.

use std::time::Duration;

use toml::de::DeValue;

use crate::plan::live::Scalar;
use crate::plan::span::{parse_span, span_of_seconds};

/// A value of a live setting that is no string; `written` as it stands in the file.
pub(super) fn scalar<'a>(value: &DeValue<'_>, written: &'a str) -> Scalar<'a> {
    let read = match value {
        DeValue::Float(number) => number.as_str().parse().ok().map(Scalar::Number),
        DeValue::Integer(number) => i128::from_str_radix(number.as_str(), number.radix())
            .ok()
            .map(Scalar::Whole),
        _ => None,
    };
    read.unwrap_or(Scalar::Other(written))
}

/// A number of either kind.
pub(super) fn number(value: &DeValue<'_>) -> Option<f64> {
    match scalar(value, "") {
        Scalar::Whole(number) => Some(number as f64),
        Scalar::Number(number) => Some(number),
        Scalar::Text(_) | Scalar::Other(_) => None,
    }
}

/// A span of time: a number of seconds, or a text as on a command line; none for what is neither, and for more than ten years.
pub(super) fn span_of(value: &DeValue<'_>) -> Option<Duration> {
    match value {
        DeValue::String(text) => parse_span(text),
        other => number(other).and_then(span_of_seconds),
    }
}

/// What would be typed on a command line; none for what is neither a string nor a number.
pub(super) fn text_of(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.clone().into_owned()),
        DeValue::Integer(number) => {
            let read = i128::from_str_radix(number.as_str(), number.radix());
            Some(read.map_or_else(|_| number.as_str().to_owned(), |number| number.to_string()))
        }
        DeValue::Float(number) => Some(number.as_str().to_owned()),
        _ => None,
    }
}
