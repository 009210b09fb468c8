use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Factors at times of a day, or of a week from Monday on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CurveTable {
    /// 1 or 7.
    pub days: u32,
    /// Each later than the one before; straight lines between them.
    pub points: Vec<(Duration, f64)>,
}
