//! The shape of a run under way: what commands change of it holds from now on.

use super::state::Run;
use crate::engine::command::Refused;
use crate::pace::Profile;
use crate::plan::live::MAX_USERS;
use crate::plan::{Change, Fault, LiveSettings, Setting};

impl Run {
    /// Whether this can be changed of the run's shape.
    ///
    /// # Errors
    /// When stages say how many users there are.
    pub(super) fn check_shape(&self, change: &Change) -> Result<(), Refused> {
        match change.get(Setting::Users) {
            Some(users) if !self.config.plan.shape.stages.is_empty() => {
                Err(Refused::Invalid(vec![Fault::new(
                    format!("users {users}"),
                    "the stages of this run say how many users there are",
                    "leave it out",
                )]))
            }
            Some(users) => {
                let most = self.level_of(users).map_or(0.0, |level| level.greatest());
                if most <= f64::from(MAX_USERS) {
                    return Ok(());
                }
                Err(Refused::Invalid(vec![Fault::new(
                    format!("users {users}"),
                    format!(
                        "would be up to {most:.0} with spikes, curve and noise, above 1,000,000"
                    ),
                    "give fewer users",
                )]))
            }
            None => Ok(()),
        }
    }

    /// Other users than `before`, of a command or an incident, change the level, where there is one, from now on.
    pub(super) fn reshape(&mut self, before: &LiveSettings) {
        let users = self.settings().users();
        if users != before.users()
            && let Some(level) = self.level_of(f64::from(users))
        {
            self.deployment.set_level(level);
        }
    }

    /// The level of a run that has one, with another number of users from now on: each moment has the share of them that
    /// it has of the plan's.
    fn level_of(&self, users: f64) -> Option<Profile> {
        let level = self.deployment.releases().level()?;
        let plan = &self.config.plan;
        let now = plan
            .users_over_time()?
            .scaled(users / f64::from(plan.users));
        Some(level.changed_at(self.elapsed(), &now))
    }
}
