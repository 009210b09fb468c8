use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::arrivals::{Arrivals, Rate};
use super::curve::CurvePlan;
use super::type_shape::{TypeCurve, TypeShape};
use crate::pace::{Spike, Stage};

/// How many users there are, or how many arrive, over the time of a run; by default the plan's users all the time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
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
    /// What types have in place of it, by their names.
    pub types: BTreeMap<String, TypeShape>,
    /// What is left out of thresholds and of the summary's figures, from the beginning of the run.
    pub warm_up: Duration,
}

impl Shape {
    /// When the shape ends the run; none where it does not. Stages of types alone do not, since others may go on, nor do stages
    /// that take no time.
    pub fn end(&self) -> Option<Duration> {
        let end = self.stage_ends().last().filter(|end| !end.is_zero())?;
        Some(end.max(self.end_of_types().unwrap_or_default()))
    }

    /// When each stage of the run ends, by its age; none where there are no stages.
    pub fn stage_ends(&self) -> impl Iterator<Item = Duration> + Clone + '_ {
        let stages: &[Stage] = match &self.arrivals {
            Some(Arrivals {
                rate: Rate::Stages(stages),
                ..
            }) => stages,
            Some(_) => &[],
            None => &self.stages,
        };
        stages.iter().scan(Duration::ZERO, |end, stage| {
            *end = end.saturating_add(stage.over);
            Some(*end)
        })
    }

    /// When a stage of the run, from 1, begins and ends; one that it has not lies beyond its end.
    pub fn stage_span(&self, stage: usize) -> (Duration, Duration) {
        let end = |stage: usize| self.stage_ends().nth(stage).unwrap_or(Duration::MAX);
        match stage.checked_sub(2) {
            None => (Duration::ZERO, end(0)),
            Some(before) => (end(before), end(stage - 1)),
        }
    }

    /// When the last stages of a type are over; none where no type has any that take time.
    pub fn end_of_types(&self) -> Option<Duration> {
        let types = self.types.values().filter(|of| of.has_stages());
        let longest = types.map(|of| length(&of.stages)).max();
        longest.filter(|length| !length.is_zero())
    }

    /// Whether nothing but stages of types makes the level change.
    pub fn has_only_stages_of_types(&self) -> bool {
        let run = Self {
            types: BTreeMap::new(),
            ..self.clone()
        };
        run.is_flat() && self.types.values().any(TypeShape::has_stages)
    }

    /// The curves of the run and of its types.
    pub fn curves(&self) -> impl Iterator<Item = &CurvePlan> {
        let of_types = self.types.values().filter_map(|of| match &of.curve {
            TypeCurve::Own(curve) => Some(curve),
            TypeCurve::OfRun | TypeCurve::None => None,
        });
        self.curve.iter().chain(of_types)
    }

    /// Whether the level changes.
    pub fn is_flat(&self) -> bool {
        let is_constant = match &self.arrivals {
            Some(arrivals) => matches!(arrivals.rate, Rate::Constant(_)),
            None => self.stages.is_empty(),
        };
        is_constant
            && self.spikes.is_empty()
            && self.curve.is_none()
            && self.noise == 0.0
            && self.types.is_empty()
    }
}

/// How long stages take.
fn length(stages: &[Stage]) -> Duration {
    let over = |sum: Duration, stage: &Stage| sum.saturating_add(stage.over);
    stages.iter().fold(Duration::ZERO, over)
}
