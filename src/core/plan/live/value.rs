//! Valid values of a setting, and reading them.

use std::fmt;
use std::ops::{Bound, RangeBounds as _};

/// Maximum number of users: more are a typing error.
pub const MAX_USERS: u32 = 1_000_000;

/// The valid values.
pub(super) struct Values {
    pub(super) unit: Unit,
    pub(super) bounds: (Bound<f64>, Bound<f64>),
    /// An example for the remedy.
    pub(super) such_as: &'static str,
}

/// The unit of a value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Whole,
    PerCent,
    Number,
}

/// A value as it is written.
#[derive(Clone, Copy, Debug)]
pub enum Scalar<'a> {
    /// On a command line: a number, with a `%` where it is per cent.
    Text(&'a str),
    /// A whole number of JSON or TOML.
    Whole(i128),
    /// Another number of JSON or TOML.
    Number(f64),
    /// Not a number, as written.
    Other(&'a str),
}

/// Why a value is invalid, and the remedy; the same message for all sources.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalid {
    /// Follows the name and the value: `must be a whole number from 1 to 1,000,000`.
    pub cause: String,
    /// `give one such as 300`
    pub remedy: String,
}

impl Values {
    pub(super) fn read(&self, value: Scalar<'_>) -> Result<f64, Invalid> {
        let number = match (self.unit, value) {
            (Unit::Whole, Scalar::Text(text)) => text.parse::<i128>().ok().map(|all| all as f64),
            (Unit::PerCent, Scalar::Text(text)) => {
                text.strip_suffix('%').unwrap_or(text).parse().ok()
            }
            (Unit::Number, Scalar::Text(text)) => text.parse().ok(),
            (_, Scalar::Whole(number)) => Some(number as f64),
            (Unit::PerCent | Unit::Number, Scalar::Number(number)) => Some(number),
            (Unit::Whole, Scalar::Number(_)) | (_, Scalar::Other(_)) => None,
        };
        number
            .ok_or_else(|| self.invalid())
            .and_then(|number| self.check(number))
    }

    pub(super) fn check(&self, number: f64) -> Result<f64, Invalid> {
        if self.bounds.contains(&number) {
            Ok(number)
        } else {
            Err(self.invalid())
        }
    }

    fn invalid(&self) -> Invalid {
        let unit = match self.unit {
            Unit::Whole => "a whole number",
            Unit::PerCent => "a percentage",
            Unit::Number => "a number",
        };
        let least = match self.bounds.0 {
            Bound::Included(least) => format!(" from {}", in_thousands(least)),
            Bound::Excluded(least) => format!(" above {}", in_thousands(least)),
            Bound::Unbounded => String::new(),
        };
        let most = match self.bounds.1 {
            Bound::Included(most) => format!(" to {}", in_thousands(most)),
            Bound::Excluded(most) if most.is_finite() => {
                format!(" to less than {}", in_thousands(most))
            }
            Bound::Excluded(_) | Bound::Unbounded => String::new(),
        };
        Invalid {
            cause: format!("must be {unit}{least}{most}"),
            remedy: format!("give one such as {}", self.such_as),
        }
    }
}

/// `1,000,000`
fn in_thousands(bound: f64) -> String {
    let digits = bound.to_string();
    let length = digits.len();
    let mut shown = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (length - place).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown
}

impl fmt::Display for Scalar<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) | Self::Other(text) => f.write_str(text),
            Self::Whole(number) => write!(f, "{number}"),
            Self::Number(number) => write!(f, "{number}"),
        }
    }
}
