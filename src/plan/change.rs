//! What may be changed of a plan while it runs: plain data, from `throng.toml`, `throng ctl set` or the control API.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Fault;

/// Values to change; what is absent stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// Size of the crowd, 1 to [`MOST_USERS`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub users: Option<u32>,
    /// Per cent of the requests that are deliberate mistakes, 0 to 100.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_rate: Option<f64>,
    /// Factor on every think time, from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub think_factor: Option<f64>,
    /// Per cent of the users that try changed scripts first, from 0 (none: they are for all at once) to below 100.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub canary: Option<f64>,
    /// Shares of types in the crowd, in place of those in their scripts; 0 is nobody.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub weights: BTreeMap<String, f64>,
}

/// More users than this are a slip of the finger: see [`Change::validate`].
pub const MOST_USERS: u32 = 1_000_000;

/// No pause is stretched by more: see [`Change::validate`].
pub(super) const MOST_THINK_FACTOR: f64 = 1e6;

impl Change {
    /// Whether it changes nothing.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether each value can be; otherwise everything that is wrong. Whether the types are there, and whether anybody
    /// is left, only the run knows.
    ///
    /// # Errors
    /// All the faults, in the order of the fields.
    pub fn validate(&self) -> Result<(), Vec<Fault>> {
        let mut faults = Vec::new();
        if let Some(users) = self.users.filter(|users| !(1..=MOST_USERS).contains(users)) {
            faults.push(Fault::new(
                format!("users {users}"),
                "a crowd has one user to a million",
                "give a whole number from 1 to 1000000, or pause the run",
            ));
        }
        if let Some(rate) = self.error_rate.filter(|rate| !(0.0..=100.0).contains(rate)) {
            faults.push(Fault::new(
                format!("error_rate {rate}"),
                "a share of the requests lies between 0 and 100 per cent",
                "give a number from 0 to 100, such as 15",
            ));
        }
        if let Some(factor) = self
            .think_factor
            .filter(|factor| !(0.0..=MOST_THINK_FACTOR).contains(factor))
        {
            faults.push(Fault::new(
                format!("think_factor {factor}"),
                "a pause is stretched by 0 to a million",
                "give a number from 0 (no pauses), such as 0.5 for half as long",
            ));
        }
        if let Some(share) = self.canary.filter(|share| !(0.0..100.0).contains(share)) {
            faults.push(Fault::new(
                format!("canary {share}"),
                "the users that try a change first are 0 to less than 100 per cent",
                "give a number such as 10; 0 is that a change is for all at once",
            ));
        }
        for (name, weight) in &self.weights {
            if !(weight.is_finite() && *weight >= 0.0) {
                faults.push(Fault::new(
                    format!("weights.{name} {weight}"),
                    "a share of the crowd is a number from 0",
                    "give one such as 25; 0 is nobody",
                ));
            }
        }
        if faults.is_empty() {
            Ok(())
        } else {
            Err(faults)
        }
    }
}
