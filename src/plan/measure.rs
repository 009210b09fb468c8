//! Measures of stop rules.

use super::share::{SHARE_REMEDY, read_share};
use super::span::{number, parse_span};

/// A figure of each second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Requests whose outcome is `unexpected` or `error`.
    Failed,
    /// Requests whose outcome is `error`: no usable response.
    Errors,
    /// Requests whose outcome is `unexpected`: a status that the script does not expect.
    Unexpected,
    /// Median of the service times.
    P50,
    P90,
    P95,
    P99,
    /// Requests a second.
    Rate,
    /// Steps that raised an error.
    ScriptErrors,
    /// Failed checks.
    FailedChecks,
}

/// The unit of a measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A fraction, 0 to 1.
    Share,
    /// Seconds.
    Time,
    /// Per second.
    Rate,
}

impl Measure {
    /// Every measure, in the order in which they are listed.
    pub const ALL: [Self; 10] = [
        Self::Failed,
        Self::Errors,
        Self::Unexpected,
        Self::P50,
        Self::P90,
        Self::P95,
        Self::P99,
        Self::Rate,
        Self::ScriptErrors,
        Self::FailedChecks,
    ];

    /// Its name in a rule.
    pub fn name(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Errors => "errors",
            Self::Unexpected => "unexpected",
            Self::P50 => "p50",
            Self::P90 => "p90",
            Self::P95 => "p95",
            Self::P99 => "p99",
            Self::Rate => "rate",
            Self::ScriptErrors => "script_errors",
            Self::FailedChecks => "failed_checks",
        }
    }

    pub fn unit(self) -> Unit {
        match self {
            Self::P50 | Self::P90 | Self::P95 | Self::P99 => Unit::Time,
            Self::Rate => Unit::Rate,
            Self::Failed
            | Self::Errors
            | Self::Unexpected
            | Self::ScriptErrors
            | Self::FailedChecks => Unit::Share,
        }
    }

    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }
}

impl Unit {
    /// A value as in a rule: `90%`, `500ms`, `10s`, `25`.
    pub fn show(self, value: f64) -> String {
        let rounded = |value: f64| (value * 1e6).round() / 1e6;
        match self {
            Self::Share => format!("{}%", rounded(value * 100.0)),
            Self::Time if value < 1.0 => format!("{}ms", rounded(value * 1e3)),
            Self::Time => format!("{}s", rounded(value)),
            Self::Rate => rounded(value).to_string(),
        }
    }

    /// Reads a bound; otherwise the cause and the remedy.
    pub(super) fn read(self, text: &str) -> Result<f64, (String, String)> {
        match self {
            Self::Share => match read_share(text) {
                Some(share) if share > 1.0 && !text.ends_with('%') => Err((
                    format!("{text} is more than 1, as a fraction"),
                    format!("write {text}% for per cent"),
                )),
                Some(share) => Ok(share),
                None => Err((
                    format!("{text:?} is not a valid share"),
                    SHARE_REMEDY.to_owned(),
                )),
            },
            // In other tools a bare number is milliseconds: read as seconds, the rule would silently never be met.
            Self::Time if number(text).is_some() => Err((
                format!("{text} has no unit"),
                format!("write {text}ms or {text}s"),
            )),
            Self::Time => parse_span(text)
                .map(|time| time.as_secs_f64())
                .ok_or_else(|| {
                    (
                        format!("{text:?} is not a valid duration"),
                        "give one with its unit, such as 500ms or 10s".to_owned(),
                    )
                }),
            Self::Rate => number(text.strip_suffix("/s").unwrap_or(text)).ok_or_else(|| {
                (
                    format!("{text:?} is not a valid request rate"),
                    "give one such as 25".to_owned(),
                )
            }),
        }
    }
}
