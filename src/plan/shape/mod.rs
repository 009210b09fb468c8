//! The shape of a run: how many users there are, or how many arrive, over its time.
//!
//! In: stages, spikes, a curve and noise as they are written. Out: a [`Shape`], its faults, and the [`Profile`] that it
//! means. It must never know files, the time of day, or who follows the profile.

mod csv;
mod curve;
mod faults;
mod tables;
mod text;
mod time_zone;

use std::time::Duration;

pub use curve::{CurveClock, CurvePlan, CurveSource, CurveTable};
pub use text::{
    parse_arrivals, parse_curve, parse_share, parse_spikes, parse_stages, show_arrivals,
    show_spikes, show_stages,
};
pub use time_zone::{DEFAULT_TIME_ZONE, time_zone_fault};

use super::{Length, Plan};
use crate::pace::{Noise, Profile, Spike, Stage};

/// Most users at a time of a run with arrivals, where nothing says it.
pub const DEFAULT_MAX_USERS: u32 = 10_000;

/// Most sessions a second that may arrive: more are a typing error.
pub const MAX_ARRIVALS: f64 = 1_000_000.0;

/// How often noise changes where no curve has a day.
pub const NOISE_EVERY: Duration = Duration::from_secs(10);

/// Minutes of a day: noise changes in each of a curve's.
const MINUTES: u32 = 24 * 60;

/// Keeps the noise apart from what else is drawn with the run's seed.
const NOISE_SEED: u64 = 0x6E6F_6973_6520_3130;

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

/// The open model: sessions arrive, whatever becomes of those that arrived before.
#[derive(Clone, Debug, PartialEq)]
pub struct Arrivals {
    /// How many a second.
    pub rate: Rate,
    /// Whether they are evenly spaced; otherwise they are a Poisson process.
    pub even: bool,
    /// Most users at a time; an arrival beyond is dropped.
    pub max_users: u32,
}

/// Arrivals a second.
#[derive(Clone, Debug, PartialEq)]
pub enum Rate {
    /// The same all the time.
    Constant(f64),
    /// One stage after the other, from 0 a second; the last one ends the run.
    Stages(Vec<Stage>),
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

impl Plan {
    /// The users over the run's time, of a closed run whose users change; none where they are the same after the ramp, and
    /// where sessions arrive.
    pub fn users_over_time(&self) -> Option<Profile> {
        if self.shape.arrivals.is_some() || self.shape.is_flat() {
            return None;
        }
        let line = if self.shape.stages.is_empty() {
            let ramp = Stage {
                over: self.ramp(),
                target: f64::from(self.users),
            };
            Profile::of_stages(&[ramp]).for_ever()
        } else {
            Profile::of_stages(&self.shape.stages)
        };
        Some(self.shaped(line))
    }

    /// Arrivals a second over the run's time; none where users stay.
    pub fn arrivals_over_time(&self) -> Option<Profile> {
        let line = match &self.shape.arrivals.as_ref()?.rate {
            Rate::Constant(rate) => Profile::constant(*rate),
            Rate::Stages(stages) => Profile::of_stages(stages),
        };
        Some(self.shaped(line))
    }

    /// A level with what the plan says of spikes, the curve and noise.
    pub fn shaped(&self, line: Profile) -> Profile {
        let shape = &self.shape;
        let mut profile = line.with_spikes(&shape.spikes);
        if let Some(curve) = &shape.curve {
            profile = profile.with_curve(curve.curve());
        }
        if shape.noise > 0.0 {
            let day = shape.curve.as_ref().map(CurvePlan::day_length);
            profile = profile.with_noise(Noise {
                share: shape.noise,
                every: day.map_or(NOISE_EVERY, |day| day / MINUTES),
                seed: self.seed ^ NOISE_SEED,
            });
        }
        profile
    }

    /// Users that the run has at most: those who have a number.
    pub fn most_users(&self) -> u32 {
        if let Some(arrivals) = &self.shape.arrivals {
            return arrivals.max_users;
        }
        let greatest = self.users_over_time().map(|profile| profile.greatest());
        greatest.map_or(self.users, |users| users.round().max(1.0) as u32)
    }

    /// The length of the run as its shape and its options have it.
    pub fn length_of_shape(shape: &Shape, said: Option<Length>) -> Option<Length> {
        shape.end().map(Length::Duration).or(said)
    }
}
