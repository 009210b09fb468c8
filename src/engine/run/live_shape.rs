//! The shape of the users as commands have it, apart from how many users are all of them. Pure: the time is an argument.

use std::time::Duration;

use crate::pace::{Profile, Stage};
use crate::plan::Plan;
use crate::plan::shape::CurvePlan;

/// The users over the run's time, and of how many users that is.
pub struct LiveShape {
    /// None: the same all the time.
    profile: Option<Profile>,
    /// The setting of the users with which the profile is meant.
    users: f64,
    has_stages: bool,
}

impl LiveShape {
    /// That of a plan.
    pub fn new(plan: &Plan) -> Self {
        Self {
            profile: plan.users_over_time(),
            users: f64::from(plan.users),
            has_stages: !plan.shape.stages.is_empty(),
        }
    }

    /// Whether stages say how many users there are.
    pub fn has_stages(&self) -> bool {
        self.has_stages
    }

    /// The users over the run's time where the setting of the users is `users`: each moment has the share of them that it
    /// has of those with which the shape is meant.
    pub fn of_users(&self, users: f64) -> Option<Profile> {
        let profile = self.profile.clone()?;
        Some(profile.scaled(users / self.users))
    }

    /// The same with stages from `now` on, whose first line begins at the users of now.
    pub fn with_stages(
        &self,
        plan: &Plan,
        stages: &[Stage],
        (now, users): (Duration, f64),
    ) -> Self {
        let level = self.of_users(users);
        let level = level.map_or(users, |level| level.line_level(now));
        Self {
            profile: Some(plan.shaped(Profile::of_stages_from(now, level, stages))),
            users,
            has_stages: true,
        }
    }

    /// The same with another curve, or without one.
    pub fn with_curve(&self, curve: Option<&CurvePlan>) -> Self {
        let profile = self
            .profile
            .clone()
            .unwrap_or_else(|| Profile::constant(self.users));
        Self {
            profile: Some(match curve {
                Some(curve) => profile.with_curve(curve.curve()),
                None => profile.without_curve(),
            }),
            ..*self
        }
    }
}
