//! The shape of a run as commands have it, apart from how many users are all of them. Pure: the time is an argument.

use std::time::Duration;

use crate::engine::checkpoint::ShapeState;
use crate::pace::{Profile, Stage};
use crate::plan::live::HeldUsers;
use crate::plan::shape::{CurvePlan, Rate};
use crate::plan::{Levels, Plan};

/// The users or the arrivals over the run's time, and with how many users that is meant.
pub struct LiveShape {
    /// The plan with the curve of now.
    plan: Plan,
    /// The level without spikes, curve and noise; none: the same users all the time.
    line: Option<Profile>,
    /// The setting of the users with which the line is meant.
    users: f64,
    has_stages: bool,
}

impl LiveShape {
    /// That of a plan.
    pub fn new(plan: &Plan) -> Self {
        Self {
            line: plan.line(),
            users: f64::from(plan.users),
            has_stages: !plan.shape.stages.is_empty(),
            plan: plan.clone(),
        }
    }

    /// What of it is not the plan's.
    pub fn state(&self) -> ShapeState {
        ShapeState {
            line: self.line.clone(),
            users: self.users,
            has_stages: self.has_stages,
            curve: self.plan.shape.curve.clone(),
        }
    }

    /// The same at another moment of the run.
    pub fn resume(&mut self, state: ShapeState) {
        (self.line, self.users) = (state.line, state.users);
        self.has_stages = state.has_stages;
        self.plan.shape.curve = state.curve;
    }

    /// Whether how many users there are, or how many arrive, depends on the run's time.
    pub fn has_line(&self) -> bool {
        self.line.is_some()
    }

    /// Whether stages say how many users there are.
    pub fn has_stages(&self) -> bool {
        self.has_stages
    }

    /// Whether a curve says how much there is at which time of day.
    pub fn has_curve(&self) -> bool {
        self.plan.shape.curves().next().is_some()
    }

    /// The level over the run's time where the setting of the users is `users`: each moment has the share of it that they
    /// are of those with which it is meant.
    pub fn of_users(&self, users: f64) -> Option<Levels> {
        let line = self.line.clone()?.scaled(users / self.users);
        Some(self.plan.levels(&line))
    }

    /// The level where incidents hold this of the users, and `users` is the setting beneath them. A number of users takes the
    /// place of stages, with the spikes, the curve and the noise; without stages it takes the place of the setting.
    pub fn under(&self, users: f64, held: HeldUsers) -> Option<Levels> {
        match held {
            HeldUsers::Number(number) if self.has_stages => self.exactly(number),
            HeldUsers::Number(number) => self.of_users(number),
            HeldUsers::PerCent(_) => self.of_users(users * held.factor()),
        }
    }

    /// So many users until the stages are over.
    fn exactly(&self, users: f64) -> Option<Levels> {
        let until = |end| {
            let stage = |over| Stage {
                over,
                target: users,
            };
            Profile::of_stages(&[stage(Duration::ZERO), stage(end)])
        };
        let end = self.line.as_ref()?.end();
        let level = end.map_or_else(|| Profile::constant(users), until);
        let mut levels = self.plan.levels(&level);
        levels
            .curves
            .values_mut()
            .for_each(|of| *of = level.clone());
        Some(Levels {
            shared: level,
            ..levels
        })
    }

    /// The same with stages from `now` on, whose first line begins at the level of now.
    pub fn with_stages(&self, stages: &[Stage], (now, users): (Duration, f64)) -> Self {
        let level = self.of_users(users);
        let level = level.map_or(users, |levels| levels.shared.line_level(now));
        Self {
            line: Some(Profile::of_stages_from(now, level, stages)),
            users,
            has_stages: !self.plan.is_open(),
            plan: self.plan.clone(),
        }
    }

    /// The same with other arrivals from `now` on.
    pub fn with_rate(&self, rate: &Rate, now: (Duration, f64)) -> Self {
        match rate {
            Rate::Stages(stages) => self.with_stages(stages, now),
            Rate::Constant(rate) => Self {
                line: Some(Profile::constant(*rate)),
                users: now.1,
                has_stages: false,
                plan: self.plan.clone(),
            },
        }
    }

    /// The same with another curve, or without one.
    pub fn with_curve(&self, curve: Option<CurvePlan>) -> Self {
        let mut plan = self.plan.clone();
        plan.shape.curve = curve;
        let constant = || Profile::constant(self.users);
        Self {
            plan,
            line: Some(self.line.clone().unwrap_or_else(constant)),
            ..*self
        }
    }
}
