//! Measures of rules.

use std::fmt;

use super::Subject;
use crate::plan::share::{SHARE_REMEDY, read_share};
use crate::plan::span::{number, parse_span};

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Requests whose outcome is `unexpected` or `error`; steps and journeys whose result is `failed` or `error`.
    Failed,
    /// Requests whose outcome is `error`: no usable response; steps and journeys that raised an error.
    Errors,
    /// Requests whose outcome is `unexpected`: a status that the script does not expect.
    Unexpected,
    /// A quantile of the service times or durations, in ten-thousandths: 9,900 is `p99`.
    Quantile(u16),
    /// The mean of the service times or durations.
    Mean,
    /// The longest of them.
    Max,
    /// Requests, steps or journeys a second.
    Rate,
    /// Steps that raised an error.
    ScriptErrors,
    /// Failed checks.
    FailedChecks,
    /// Checks that passed, of one name: `check{NAME}`.
    Passed,
    /// The value of a metric of the scripts: the sum of a counter, the last value of a gauge.
    Value,
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
    /// That of a script's metric.
    Value,
}

/// Names of measures that are words.
const NAMED: [(&str, Measure); 8] = [
    ("failed", Measure::Failed),
    ("errors", Measure::Errors),
    ("unexpected", Measure::Unexpected),
    ("mean", Measure::Mean),
    ("max", Measure::Max),
    ("rate", Measure::Rate),
    ("script_errors", Measure::ScriptErrors),
    ("failed_checks", Measure::FailedChecks),
];

/// The names that a message lists.
pub(super) const NAMES: &str = "failed, errors, unexpected, p95 or any other quantile such as \
                                p99.9, mean, max, rate, script_errors, failed_checks";

impl Measure {
    /// The unit of its values for a subject.
    pub fn unit(self, subject: Subject) -> Unit {
        match self {
            Self::Quantile(_) | Self::Mean | Self::Max if subject == Subject::Metric => Unit::Value,
            Self::Quantile(_) | Self::Mean | Self::Max => Unit::Time,
            Self::Rate => Unit::Rate,
            Self::Value => Unit::Value,
            Self::Failed
            | Self::Errors
            | Self::Unexpected
            | Self::ScriptErrors
            | Self::FailedChecks
            | Self::Passed => Unit::Share,
        }
    }

    /// Whether it is measured of a subject.
    pub fn is_of(self, subject: Subject) -> bool {
        match subject {
            Subject::Requests => !matches!(
                self,
                Self::Value | Self::Passed | Self::ScriptErrors | Self::FailedChecks
            ),
            Subject::Run => !matches!(self, Self::Value | Self::Passed),
            Subject::Steps | Subject::Journeys => matches!(
                self,
                Self::Failed
                    | Self::Errors
                    | Self::Quantile(_)
                    | Self::Mean
                    | Self::Max
                    | Self::Rate
            ),
            Subject::Check => self == Self::Passed,
            Subject::Metric => matches!(
                self,
                Self::Value | Self::Quantile(_) | Self::Mean | Self::Max
            ),
        }
    }

    /// The measure of this name.
    pub(super) fn named(name: &str) -> Option<Self> {
        let named = NAMED.into_iter().find(|(one, _)| *one == name);
        named.map(|(_, measure)| measure).or_else(|| quantile(name))
    }

    /// Names for suggestions.
    pub(super) fn names() -> impl Iterator<Item = &'static str> {
        let named = NAMED.into_iter().map(|(name, _)| name);
        named.chain(["p50", "p90", "p95", "p99"])
    }
}

/// `p95`, `p99.9`: above 0 and below 100, with two decimals at most.
fn quantile(name: &str) -> Option<Measure> {
    let digits = name.strip_prefix('p')?;
    let decimals = digits.split_once('.').map_or("", |(_, decimals)| decimals);
    let per_cent = number(digits).filter(|_| decimals.len() <= 2)?;
    let parts = (per_cent * 100.0).round();
    (parts > 0.0 && parts < 10_000.0).then_some(Measure::Quantile(parts as u16))
}

/// As in a rule; a check and a metric are named by their labels alone.
impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Quantile(parts) => write!(f, "p{}", f64::from(*parts) / 100.0),
            Self::Passed => f.write_str("check"),
            Self::Value => f.write_str("custom"),
            one => {
                let named = NAMED.into_iter().find(|(_, measure)| measure == one);
                f.write_str(named.map_or("", |(name, _)| name))
            }
        }
    }
}

impl Unit {
    /// A value as in a rule: `90%`, `500ms`, `250us`, `10s`, `25`.
    pub fn show(self, value: f64) -> String {
        let rounded = |value: f64| (value * 1e6).round() / 1e6;
        match self {
            Self::Share => format!("{}%", rounded(value * 100.0)),
            Self::Time if value > 0.0 && value < 1e-3 => format!("{}us", rounded(value * 1e6)),
            Self::Time if value < 1.0 => format!("{}ms", rounded(value * 1e3)),
            Self::Time => format!("{}s", rounded(value)),
            Self::Rate | Self::Value => rounded(value).to_string(),
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
                    format!("{text:?} is not a valid rate"),
                    "give one such as 25 or 25/s".to_owned(),
                )
            }),
            Self::Value => {
                let (sign, digits) = match text.strip_prefix('-') {
                    Some(digits) => (-1.0, digits),
                    None => (1.0, text),
                };
                number(digits).map(|value| sign * value).ok_or_else(|| {
                    (
                        format!("{text:?} is not a valid number"),
                        "give one such as 25 or -0.5".to_owned(),
                    )
                })
            }
        }
    }
}
