//! What holds for a while in place of the live settings.

use super::Change;

/// Values that an incident holds; the settings beneath it hold again when it is over.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Overlay {
    /// Live settings and weights of types.
    pub change: Change,
    /// Users in per cent of the number beneath all incidents.
    pub users_per_cent: Option<f64>,
    /// The step that every user whose type has it takes at each turn.
    pub step: Option<String>,
}

impl Overlay {
    /// Whether it holds nothing.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
