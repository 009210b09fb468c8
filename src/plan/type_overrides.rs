//! What a plan says of a type instead of its script.

use crate::pace::Think;

/// Values that take the place of those in a type's script; its weight is a live setting.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct TypeOverrides {
    /// Requests in a session, from 1, the smaller number first.
    pub requests: Option<(u32, u32)>,
    /// The time between two steps.
    pub think: Option<Think>,
}
