//! What holds for a while in place of the live settings.

use std::fmt;

use super::{Change, Setting};

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

/// What incidents hold of the users, or of the arrivals.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum HeldUsers {
    /// Per cent of the number beneath all incidents; 100 where none holds anything of them.
    PerCent(f64),
    /// A number of users.
    Number(f64),
}

impl HeldUsers {
    /// No incident holds anything of them.
    pub const NONE: Self = Self::PerCent(100.0);

    /// What holds under incidents, in the order in which they began: what the last one says that says anything of users.
    pub fn under<'a>(overlays: impl IntoIterator<Item = &'a Overlay>) -> Self {
        overlays.into_iter().fold(Self::NONE, |before, overlay| {
            let number = overlay.change.get(Setting::Users).map(Self::Number);
            let per_cent = overlay.users_per_cent.map(Self::PerCent);
            per_cent.or(number).unwrap_or(before)
        })
    }

    /// By how much users who are not set by number are multiplied.
    pub fn factor(self) -> f64 {
        match self {
            Self::PerCent(per_cent) => per_cent / 100.0,
            Self::Number(_) => 1.0,
        }
    }
}

/// `300 %`, or `5`
impl fmt::Display for HeldUsers {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PerCent(per_cent) => write!(out, "{per_cent} %"),
            Self::Number(users) => write!(out, "{users}"),
        }
    }
}
