//! The settings of a run under way, and what sets them.

use std::sync::Arc;

use super::state::Run;
use crate::engine::command::{Done, Refused};
use crate::engine::release::settings_file::Dialled;
use crate::metrics::Settings;
use crate::plan::Change;

impl Run {
    pub(super) fn set(&mut self, change: &Change) -> Result<Done, Refused> {
        if change.is_empty() {
            return Err(Refused::NotNow(
                "nothing to set; there are: users, error_rate, think_factor, canary, weights"
                    .to_owned(),
            ));
        }
        let before = self.settings();
        self.deployment.set(change)?;
        let dials = &self.config.terms.dials;
        if let Some(rate) = change.error_rate {
            dials.set_error_rate(rate);
        }
        if let Some(factor) = change.think_factor {
            dials.set_think_factor(factor);
        }
        if let Some(canary) = change.canary {
            self.set_canary(canary);
        }
        self.publish();
        let Done(said) = self.announce_settings(&before);
        Ok(Done(match self.deployment.without_users() {
            Some(words) => format!("{said}; {words}"),
            None => said,
        }))
    }

    /// What changed since the settings were `before`.
    pub(super) fn announce_settings(&mut self, before: &Settings) -> Done {
        let now = self.settings();
        let mut said = Vec::new();
        let mut say = |name: &str, before: f64, now: f64| {
            if before != now {
                said.push(format!("{name} {before} -> {now}"));
            }
        };
        say("users", f64::from(before.users), f64::from(now.users));
        say("error_rate", before.error_rate, now.error_rate);
        say("think_factor", before.think_factor, now.think_factor);
        say("canary", before.canary, now.canary);
        for (name, weight) in &now.weights {
            let before = before.weights.get(name).unwrap_or(weight);
            say(&format!("weights.{name}"), *before, *weight);
        }
        if said.is_empty() {
            return Done("everything stands so already".to_owned());
        }
        self.announce("set", &said.join(", "))
    }

    /// Who tries the next change first; a canary under way goes on as it began.
    pub(super) fn set_canary(&mut self, per_cent: f64) {
        if per_cent != self.config.plan.reload.canary_per_cent() {
            let trial = self.config.standing.trial(per_cent);
            Arc::make_mut(&mut self.config.plan).reload.canary = trial;
        }
    }

    /// The settings as they are.
    pub(super) fn settings(&self) -> Settings {
        let dials = &self.config.terms.dials;
        let releases = self.deployment.releases();
        Settings {
            users: releases.users(),
            error_rate: dials.error_rate(),
            think_factor: dials.think_factor(),
            canary: self.config.plan.reload.canary_per_cent(),
            weights: releases.weights(),
        }
    }

    /// The settings after `throng.toml` has changed to `file`.
    pub(super) fn settings_with(&self, file: &Change) -> Dialled {
        let dials = &self.config.terms.dials;
        let releases = self.deployment.releases();
        let now = Dialled {
            users: releases.users(),
            error_rate: dials.error_rate(),
            think_factor: dials.think_factor(),
            canary: self.config.plan.reload.canary_per_cent(),
            weights: releases.set_weights().clone(),
        };
        self.config.standing.read(file, now)
    }
}
