//! The settings of a run under way, and what sets them.

use super::state::Run;
use crate::engine::command::{Done, Refused};
use crate::engine::protocol::Order;
use crate::metrics::Settings;
use crate::plan::live::keys;
use crate::plan::{Change, LiveSettings, Setting};

impl Run {
    pub(super) fn set(&mut self, change: &Change) -> Result<Done, Refused> {
        if change.is_empty() {
            return Err(Refused::NotNow(format!(
                "nothing to set; give some of {}",
                keys()
            )));
        }
        let before = self.settings();
        self.deployment.set(change)?;
        self.order_settings();
        self.publish();
        let Done(said) = self.announce_settings(&before);
        Ok(Done(match self.deployment.without_users() {
            Some(words) => format!("{said}; {words}"),
            None => said,
        }))
    }

    /// What changed since the settings were `before`.
    pub(super) fn announce_settings(&mut self, before: &LiveSettings) -> Done {
        let said = self.settings().since(before);
        if said.is_empty() {
            return Done("no change".to_owned());
        }
        self.announce("set", &said.join(", "))
    }

    /// From now on scripts go by the settings as they are: those of users, and `_crowd.lua`.
    pub(super) fn order_settings(&self) {
        let settings = self.deployment.releases().settings().clone();
        self.shards.broadcast(&Order::Settings(settings.clone()));
        self.context.user.shard.set(settings);
    }

    /// The settings as they are.
    pub(super) fn settings(&self) -> LiveSettings {
        self.deployment.releases().settings_in_effect()
    }
}

/// The settings as snapshots show them.
pub(super) fn shown(settings: &LiveSettings) -> Settings {
    Settings {
        users: settings.users(),
        error_rate: settings.get(Setting::ErrorRate),
        think_factor: settings.get(Setting::ThinkFactor),
        canary: settings.get(Setting::Canary),
        weights: settings.weights().clone(),
    }
}
