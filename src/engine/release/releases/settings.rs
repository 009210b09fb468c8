//! The settings of a run, as far as who plays what depends on them.

use super::Releases;
use super::release::Release;
use crate::engine::command::Refused;
use crate::plan::{Change, Fault, LiveSettings, crowd};

impl Releases {
    /// The settings as they are, with those weights that were set in place of the scripts'.
    pub fn settings(&self) -> &LiveSettings {
        &self.settings
    }

    /// The settings with the weight of each type that is there, wherever that was set.
    pub fn settings_in_effect(&self) -> LiveSettings {
        let weights = self
            .players()
            .map(|(version, name)| {
                let weight = self.settings.weights().get(name).copied();
                (name.to_owned(), weight.unwrap_or(version.sheet.weight))
            })
            .collect();
        self.settings.clone().with_weights(weights)
    }

    /// The settings after a change.
    ///
    /// # Errors
    /// Every type that there is not.
    pub fn settings_with(&self, change: &Change) -> Result<LiveSettings, Refused> {
        let names: Vec<&str> = self.players().map(|(_, name)| name).collect();
        let unknown: Vec<Fault> = change
            .weights()
            .keys()
            .filter(|name| !names.contains(&name.as_str()))
            .map(|name| {
                let remedy = format!("name one of: {}", names.join(", "));
                Fault::new(format!("weights.{name}"), "there is no such type", remedy)
            })
            .collect();
        if unknown.is_empty() {
            Ok(self.settings.clone().with(change))
        } else {
            Err(Refused::Invalid(unknown))
        }
    }

    /// Which types nobody plays though they have a weight, in words.
    pub fn without_users(&self) -> Option<String> {
        let counts = self.counts(self.current(), &self.settings);
        let types = self.current().types.iter().zip(&self.names).zip(counts);
        let types: Vec<_> = types
            .filter_map(|((version, name), users)| {
                let own = version.as_ref()?.sheet.weight;
                let weight = self.settings.weights().get(&**name).copied();
                Some((&**name, weight.unwrap_or(own), users))
            })
            .collect();
        crowd::without_users(&types, self.settings.users())
    }

    /// From now on these hold.
    ///
    /// # Errors
    /// When no users would be left.
    pub fn set(&mut self, settings: LiveSettings) -> Result<(), Refused> {
        self.check_users(self.current(), &settings)?;
        self.settings = settings;
        self.recount();
        Ok(())
    }

    pub(super) fn check_users(
        &self,
        release: &Release,
        settings: &LiveSettings,
    ) -> Result<(), Refused> {
        if self.counts(release, settings).iter().sum::<u32>() > 0 {
            return Ok(());
        }
        Err(Refused::Invalid(vec![Fault::new(
            "weights",
            "every type that is there would have the weight 0",
            "leave one above 0, or pause the run",
        )]))
    }
}
