use std::time::Duration;

use super::arrivals::{Arrivals, Rate};
use super::curve::CurvePlan;
use crate::pace::{Spike, Stage};

/// How many users there are, or how many arrive, over the time of a run; by default the plan's users all the time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shape {
    /// Users over time, one stage after the other; none: the plan's users.
    pub stages: Vec<Stage>,
    /// Sessions that arrive, in place of users who stay.
    pub arrivals: Option<Arrivals>,
    /// Factors for a time.
    pub spikes: Vec<Spike>,
    /// A factor by the time of the day and the day of the week.
    pub curve: Option<CurvePlan>,
    /// How far noise raises or lowers the level at most: 0.1 is 10 %.
    pub noise: f64,
    /// What is left out of thresholds and of the summary's figures, from the beginning of the run.
    pub warm_up: Duration,
}

impl Shape {
    /// When the shape ends the run; none where it does not.
    pub fn end(&self) -> Option<Duration> {
        let stages = match &self.arrivals {
            Some(Arrivals {
                rate: Rate::Stages(stages),
                ..
            }) => stages,
            Some(_) => return None,
            None => &self.stages,
        };
        let over = |sum: Duration, stage: &Stage| sum.saturating_add(stage.over);
        (!stages.is_empty()).then(|| stages.iter().fold(Duration::ZERO, over))
    }

    /// Whether the level changes.
    pub fn is_flat(&self) -> bool {
        let is_constant = match &self.arrivals {
            Some(arrivals) => matches!(arrivals.rate, Rate::Constant(_)),
            None => self.stages.is_empty(),
        };
        is_constant && self.spikes.is_empty() && self.curve.is_none() && self.noise == 0.0
    }
}
