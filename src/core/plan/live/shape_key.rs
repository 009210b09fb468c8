//! Settings of the shape, which are texts.

use serde::{Deserialize, Serialize};

use super::value::Invalid;
use crate::plan::shape::{CurveSource, parse_arrivals, parse_curve, parse_later_stages};

/// What takes the place of a curve to have none.
pub const NO_CURVE: &str = "none";

/// A setting of the shape; what it says holds from now on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ShapeKey {
    /// Users over time, from those of now on.
    Stages,
    /// Arrivals a second, or over time from now on.
    Arrivals,
    /// A curve inside the program, or none.
    Curve,
}

impl ShapeKey {
    /// All of them, in the order in which they are listed.
    pub const ALL: [Self; 3] = [Self::Stages, Self::Arrivals, Self::Curve];

    /// Its name in bodies and messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Stages => "stages",
            Self::Arrivals => "arrivals",
            Self::Curve => "curve",
        }
    }

    /// The setting of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|key| key.name() == name)
    }

    /// Whether a text is a valid value.
    ///
    /// # Errors
    /// When it is not.
    pub fn check(self, text: &str) -> Result<(), Invalid> {
        match self {
            Self::Stages => parse_later_stages(text).map(drop),
            Self::Arrivals => parse_arrivals(text).map(drop),
            Self::Curve if text == NO_CURVE => Ok(()),
            Self::Curve => match parse_curve(text) {
                Ok(CurveSource::Day | CurveSource::Office | CurveSource::Shop) => Ok(()),
                Ok(CurveSource::File(_)) | Err(_) => Err(Invalid {
                    cause: "is not a curve inside the program".to_owned(),
                    remedy: "give day, office, shop or none; a file is read when a run begins"
                        .to_owned(),
                }),
            },
        }
    }
}
