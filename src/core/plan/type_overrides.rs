//! What a plan says of a type instead of its script.

use serde::{Deserialize, Serialize};

use crate::pace::Think;

/// Values that take the place of those in a type's script; its weight is a live setting.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TypeOverrides {
    /// Requests in a session, from 1, the smaller number first.
    pub requests: Option<(u32, u32)>,
    /// The time between two steps.
    pub think: Option<Think>,
    /// Seconds between two sessions, from and to.
    pub away: Option<(f64, f64)>,
    /// The share of sessions that begin as a person who was there before.
    pub returns: Option<f64>,
    /// Whether people who come back have their cookies.
    pub keep_cookies: Option<bool>,
    /// Seconds from the start of a step to the start of the next, above 0; not with `think`.
    pub pace: Option<f64>,
}
