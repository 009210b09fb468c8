//! An open crowd: users come by a rate, live one session and leave.

use super::{Levels, Plan};
use crate::pace::ArrivalSpacing;

/// When users come, and how many may be there.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenCrowd {
    /// Arrivals a second over the run's time.
    pub levels: Levels,
    /// How far apart they are.
    pub spacing: ArrivalSpacing,
    /// Maximum users at once, from 1; an arrival beyond is dropped.
    pub max_users: u32,
}

impl Plan {
    /// The open crowd, where sessions arrive.
    pub fn open(&self) -> Option<OpenCrowd> {
        let arrivals = self.shape.arrivals.as_ref()?;
        Some(OpenCrowd {
            levels: self.arrivals_over_time()?,
            spacing: if arrivals.even {
                ArrivalSpacing::Even
            } else {
                ArrivalSpacing::Poisson
            },
            max_users: arrivals.max_users,
        })
    }

    /// Whether sessions arrive.
    pub fn is_open(&self) -> bool {
        self.shape.arrivals.is_some()
    }
}
