//! The table of settings.
//!
//! A new one needs a variant and its row here, a field of the plan that `planned.rs` names, and the place where the run or a
//! script asks for it. Reading, bounds, messages, the API, `throng ctl`, `throng.toml`, snapshots and metrics follow from
//! the row; an option on the command line is one of `cli` that reads it by [`Setting::read`]. By hand: the control on the
//! page (`page/assets/steer.js`), `web/api/openapi.json`, `docs/summary.schema.json`, the help of `ctl set` and the tables
//! of the documents.

use std::ops::Bound;

use serde::{Deserialize, Serialize};

use super::value::{Invalid, MAX_USERS, Scalar, Unit, Values};

/// A setting that is one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Setting {
    /// Number of users.
    Users,
    /// Per cent of the requests that are deliberate mistakes.
    ErrorRate,
    /// Factor on every think time.
    ThinkFactor,
    /// Per cent of the users that run changed scripts first; 0: no canary.
    Canary,
}

/// One row of the table.
struct Row {
    setting: Setting,
    name: &'static str,
    /// What it is, in one sentence.
    doc: &'static str,
    /// Its metric; percentages are exported as ratios.
    metric: &'static str,
    values: Values,
}

const ROWS: [Row; 4] = [
    Row {
        setting: Setting::Users,
        name: "users",
        doc: "Target number of users.",
        metric: "throng_setting_users",
        values: Values {
            unit: Unit::Whole,
            bounds: (Bound::Included(1.0), Bound::Included(MAX_USERS as f64)),
            such_as: "300",
        },
    },
    Row {
        setting: Setting::ErrorRate,
        name: "error_rate",
        doc: "Share of the requests that are to be deliberate mistakes: 0.15 is 15 %.",
        metric: "throng_setting_error_ratio",
        values: Values {
            unit: Unit::PerCent,
            bounds: (Bound::Included(0.0), Bound::Included(100.0)),
            such_as: "15",
        },
    },
    Row {
        setting: Setting::ThinkFactor,
        name: "think_factor",
        doc: "What every think time is multiplied by.",
        metric: "throng_setting_think_factor",
        values: Values {
            unit: Unit::Number,
            bounds: (Bound::Included(0.0), Bound::Included(1e6)),
            such_as: "0.5 for half as long; 0 for no pauses",
        },
    },
    Row {
        setting: Setting::Canary,
        name: "canary",
        doc: "Share of the users that try changed scripts first; 0: a change applies to all users at once.",
        metric: "throng_setting_canary_ratio",
        values: Values {
            unit: Unit::PerCent,
            bounds: (Bound::Included(0.0), Bound::Excluded(100.0)),
            such_as: "10; 0 for no canary",
        },
    },
];

/// The weight of one type.
const WEIGHT: Values = Values {
    unit: Unit::Number,
    bounds: (Bound::Included(0.0), Bound::Excluded(f64::INFINITY)),
    such_as: "25; 0 for no users",
};

impl Setting {
    /// All of them, in the order in which they are listed.
    pub const ALL: [Self; ROWS.len()] = {
        let mut all = [Self::Users; ROWS.len()];
        let mut place = 0;
        while place < all.len() {
            all[place] = ROWS[place].setting;
            place += 1;
        }
        all
    };

    /// Its index.
    pub(super) fn place(self) -> usize {
        // The rows are in the order of the settings, which a test holds.
        self as usize
    }

    /// Its name in files, bodies and messages.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// Its name on the command line, without the dashes before it.
    pub fn option(self) -> String {
        self.name().replace('_', "-")
    }

    /// What it is, in one sentence.
    pub fn doc(self) -> &'static str {
        self.row().doc
    }

    /// Its metric and the exported value: percentages are exported as ratios.
    pub fn metric(self, value: f64) -> (&'static str, f64) {
        let is_share = self.row().values.unit == Unit::PerCent;
        (
            self.row().metric,
            if is_share { value / 100.0 } else { value },
        )
    }

    /// The setting of this name.
    pub fn named(name: &str) -> Option<Self> {
        let row = ROWS.iter().find(|row| row.name == name)?;
        Some(row.setting)
    }

    /// Reads a value.
    ///
    /// # Errors
    /// When it is invalid.
    pub fn read(self, value: Scalar<'_>) -> Result<f64, Invalid> {
        self.row().values.read(value)
    }

    /// Whether a number is a valid value.
    ///
    /// # Errors
    /// When it is not.
    pub fn check(self, value: f64) -> Result<f64, Invalid> {
        self.row().values.check(value)
    }

    /// Whether its values are integers.
    pub(super) fn is_whole(self) -> bool {
        self.row().values.unit == Unit::Whole
    }

    fn row(self) -> &'static Row {
        &ROWS[self.place()]
    }
}

/// Reads the weight of one type.
pub(super) fn read_weight(value: Scalar<'_>) -> Result<f64, Invalid> {
    WEIGHT.read(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_has_the_row_of_its_place() {
        for (place, row) in ROWS.iter().enumerate() {
            assert_eq!(row.setting.place(), place, "{}", row.name);
            assert_eq!(Setting::named(row.name), Some(row.setting));
            let (metric, _) = row.setting.metric(0.0);
            assert!(metric.starts_with("throng_setting_"), "{metric}");
            assert!(row.doc.ends_with('.'), "{}", row.doc);
        }
    }
}
