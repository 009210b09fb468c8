use serde::{Deserialize, Serialize};

use super::curve::CurvePlan;
use crate::pace::Stage;

/// What a type has in place of the shape that the types of a run share by weight.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TypeShape {
    /// Its users over time, one stage after the other; none: its share of the others' by weight.
    pub stages: Vec<Stage>,
    /// By which curve they are multiplied.
    pub curve: TypeCurve,
}

/// The curve of a type.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum TypeCurve {
    /// That of the run, if it has one.
    #[default]
    OfRun,
    /// None, whatever the run has.
    None,
    /// Its own.
    Own(CurvePlan),
}

impl TypeShape {
    /// Whether it says how many users there are.
    pub fn has_stages(&self) -> bool {
        !self.stages.is_empty()
    }
}
