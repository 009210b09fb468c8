//! The table of settings, and how a value of one is read.

use std::fmt;
use std::ops::{Bound, RangeBounds as _};

use serde::{Deserialize, Serialize};

use crate::plan::Plan;

/// More users than this are a slip of the finger.
pub const MAX_USERS: u32 = 1_000_000;

/// A setting that is one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Setting {
    /// Size of the crowd.
    Users,
    /// Per cent of the requests that are deliberate mistakes.
    ErrorRate,
    /// Factor on every think time.
    ThinkFactor,
    /// Per cent of the users that try changed scripts first; 0: they are for all at once.
    Canary,
}

/// One row of the table.
struct Row {
    setting: Setting,
    name: &'static str,
    values: Values,
    /// What a plan says of it.
    planned: fn(&Plan) -> f64,
    /// Makes a plan say something else of it.
    plan: fn(&mut Plan, f64),
}

/// Which values can be.
struct Values {
    unit: Unit,
    bounds: (Bound<f64>, Bound<f64>),
    /// What to give instead of one that cannot be.
    such_as: &'static str,
}

/// What a value is counted in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Unit {
    Whole,
    PerCent,
    Number,
}

const ROWS: [Row; 4] = [
    Row {
        setting: Setting::Users,
        name: "users",
        values: Values {
            unit: Unit::Whole,
            bounds: (Bound::Included(1.0), Bound::Included(MAX_USERS as f64)),
            such_as: "300",
        },
        planned: |plan| f64::from(plan.users),
        plan: |plan, users| plan.users = users as u32,
    },
    Row {
        setting: Setting::ErrorRate,
        name: "error_rate",
        values: Values {
            unit: Unit::PerCent,
            bounds: (Bound::Included(0.0), Bound::Included(100.0)),
            such_as: "15",
        },
        planned: |plan| plan.error_rate,
        plan: |plan, rate| plan.error_rate = rate,
    },
    Row {
        setting: Setting::ThinkFactor,
        name: "think_factor",
        values: Values {
            unit: Unit::Number,
            bounds: (Bound::Included(0.0), Bound::Included(1e6)),
            such_as: "0.5 for half as long; 0 is no pauses",
        },
        planned: |plan| plan.think_factor,
        plan: |plan, factor| plan.think_factor = factor,
    },
    Row {
        setting: Setting::Canary,
        name: "canary",
        values: Values {
            unit: Unit::PerCent,
            bounds: (Bound::Included(0.0), Bound::Excluded(100.0)),
            such_as: "10; 0 is that a change is for all at once",
        },
        planned: |plan| plan.reload.canary_per_cent(),
        plan: |plan, share| plan.reload.canary = plan.reload.canary_rules(share),
    },
];

/// The share of one type, of which there is one for each.
const WEIGHT: Values = Values {
    unit: Unit::Number,
    bounds: (Bound::Included(0.0), Bound::Excluded(f64::INFINITY)),
    such_as: "25; 0 is nobody",
};

/// A value as it is written.
#[derive(Clone, Copy, Debug)]
pub enum Scalar<'a> {
    /// On a command line: a number, with a `%` where it is per cent.
    Text(&'a str),
    /// A whole number of JSON or TOML.
    Whole(i128),
    /// Another number of JSON or TOML.
    Number(f64),
    /// No number, as it is written.
    Other(&'a str),
}

/// Why a value cannot be, and what to give instead; the same words wherever it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalid {
    /// Follows the name and the value: `must be a whole number from 1 to 1,000,000`.
    pub cause: String,
    /// `give one such as 300`
    pub remedy: String,
}

impl Setting {
    /// All of them, in the order in which they are told.
    pub fn all() -> impl Iterator<Item = Self> {
        ROWS.iter().map(|row| row.setting)
    }

    /// Its name in files, bodies and messages.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// Its name on the command line, without the dashes before it.
    pub fn option(self) -> String {
        self.name().replace('_', "-")
    }

    /// The setting of this name.
    pub fn named(name: &str) -> Option<Self> {
        let row = ROWS.iter().find(|row| row.name == name)?;
        Some(row.setting)
    }

    /// Reads a value.
    ///
    /// # Errors
    /// When it cannot be.
    pub fn read(self, value: Scalar<'_>) -> Result<f64, Invalid> {
        self.row().values.read(value)
    }

    /// Whether a number can be its value.
    ///
    /// # Errors
    /// When it cannot.
    pub fn check(self, value: f64) -> Result<f64, Invalid> {
        self.row().values.check(value)
    }

    /// Whether it is counted in whole numbers.
    pub(super) fn is_whole(self) -> bool {
        self.row().values.unit == Unit::Whole
    }

    /// What a plan says of it.
    pub(in crate::plan) fn planned(self, plan: &Plan) -> f64 {
        (self.row().planned)(plan)
    }

    /// Makes a plan say something else of it.
    pub(super) fn plan(self, plan: &mut Plan, value: f64) {
        (self.row().plan)(plan, value);
    }

    fn row(self) -> &'static Row {
        // The rows stand in the order of the settings, which a test holds.
        &ROWS[self as usize]
    }
}

/// Reads the share of one type.
pub(super) fn read_weight(value: Scalar<'_>) -> Result<f64, Invalid> {
    WEIGHT.read(value)
}

impl Values {
    fn read(&self, value: Scalar<'_>) -> Result<f64, Invalid> {
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

    fn check(&self, number: f64) -> Result<f64, Invalid> {
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
        if place > 0 && (length - place) % 3 == 0 {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_has_the_row_of_its_place() {
        for (place, row) in ROWS.iter().enumerate() {
            assert_eq!(row.setting as usize, place, "{}", row.name);
            assert_eq!(Setting::named(row.name), Some(row.setting));
        }
    }
}
