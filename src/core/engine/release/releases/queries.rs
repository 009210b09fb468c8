//! Read-only queries on the releases: the roster, what was published, what can be rolled back.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::release::TypeVersion;
use super::{CanaryRelease, Releases, allocation};
use crate::engine::roster::{CanaryUsers, Roster, ScriptVersion, UserType};
use crate::metrics::TypeId;
use crate::plan::live::HeldUsers;
use crate::plan::{Levels, LiveSettings, TypeLevels};
use crate::script::TypeSpec;

impl Releases {
    /// The roster for the shards.
    pub fn roster(&self) -> Arc<Roster> {
        let stable = self.history.current().types.iter().map(Option::as_ref);
        let stable = stable.chain(std::iter::repeat(None));
        let mut bundles = BTreeMap::new();
        let mut script = |version: &TypeVersion| {
            bundles.insert(version.version, Arc::clone(&version.bundle));
            ScriptVersion {
                version: version.version,
                requests: version.requests,
                comebacks: version.spec.comebacks,
            }
        };
        let canary = self.canary.as_ref();
        let canary_users = canary.map(|canary| canary.users_of(&self.allocation));
        let types = (0u16..)
            .zip(self.names.iter().zip(stable))
            .map(|(place, (name, stable))| UserType {
                name: Arc::clone(name),
                stable: stable.map(&mut script),
                canary: canary.and_then(|canary| canary.version_of(TypeId(place)).map(&mut script)),
            })
            .collect();
        Arc::new(Roster {
            revision: self.revision(),
            types,
            users: Arc::clone(self.allocation.users()),
            weights: self.weights(),
            canary_users: canary_users.unwrap_or_else(CanaryUsers::none),
            levels: self.allocation.levels().cloned(),
            ranks: Arc::clone(self.allocation.ranks()),
            bundles,
        })
    }

    /// The type of each user, by its number.
    pub fn users(&self) -> &Arc<[u16]> {
        self.allocation.users()
    }

    /// The weights of the types by their ids, where the crowd is open.
    fn weights(&self) -> Option<Vec<f64>> {
        let weights = || allocation::weights(self.history.current(), &self.names, self.settings());
        self.allocation.is_open().then(weights)
    }

    /// How many users there are over the run's time, where that changes.
    pub fn levels(&self) -> Option<&TypeLevels> {
        self.allocation.levels()
    }

    /// Arrivals over the run's time with the weights of now.
    pub fn arrivals(&self, levels: &Levels) -> TypeLevels {
        let current = self.history.current();
        let types = allocation::weighted(current, &self.names, self.settings());
        // Users in per cent are in the levels already.
        levels.of_types(&types, 1.0)
    }

    /// Counts up with every change.
    pub fn revision(&self) -> u64 {
        self.allocation.revision()
    }

    /// The release that plays.
    pub fn release(&self) -> u32 {
        self.history.current().number
    }

    /// The canary under way.
    pub fn canary(&self) -> Option<&CanaryRelease> {
        self.canary.as_ref()
    }

    /// Whether the folders hold scripts that were rolled back.
    pub fn is_rolled_back(&self) -> bool {
        self.candidate.is_rolled_back()
    }

    /// All names, by the ids of the types.
    pub fn names(&self) -> Vec<String> {
        self.names.iter().map(|name| (**name).to_owned()).collect()
    }

    /// The name of a type.
    pub fn name(&self, kind: TypeId) -> &str {
        self.names.get(usize::from(kind.0)).unwrap_or("?")
    }

    /// The version that each type plays.
    pub fn versions(&self) -> impl Iterator<Item = (TypeId, u32)> + '_ {
        (0u16..)
            .zip(&self.history.current().types)
            .filter_map(|(place, version)| Some((TypeId(place), version.as_ref()?.version)))
    }

    /// The newest version of each type: that of the canary, where there is one.
    pub fn newest(&self) -> BTreeMap<TypeId, u32> {
        let mut newest: BTreeMap<_, _> = self.versions().collect();
        let canary = self.canary.iter().flat_map(|canary| &canary.types);
        newest.extend(canary.map(|of| (of.kind, of.change.new)));
        newest
    }

    /// The types that use a file of the folders as they are, by the name that messages give it; none of a file that is no
    /// script and no module.
    pub fn types_of(&self, file: &str) -> Option<Vec<TypeId>> {
        let users = self.candidate.types_of(file)?;
        let known = (0u16..).map(TypeId).zip(self.names.iter());
        Some(
            known
                .filter(|(_, name)| users.contains(name.as_ref()))
                .map(|(kind, _)| kind)
                .collect(),
        )
    }

    /// Versions that each type can go back to, the one that plays last.
    pub fn previous(&self) -> BTreeMap<TypeId, Vec<u32>> {
        self.history.versions()
    }

    /// The settings as they are, with those weights that were set in place of the scripts'.
    pub fn settings(&self) -> &LiveSettings {
        self.allocation.settings()
    }

    /// What incidents hold of the users now.
    pub fn held_users(&self) -> HeldUsers {
        HeldUsers::under(self.allocation.overlays())
    }

    /// The settings beneath all incidents.
    pub fn base_settings(&self) -> &LiveSettings {
        self.allocation.base()
    }

    /// The settings with the weight of each type that is there, wherever that was set.
    pub fn settings_in_effect(&self) -> LiveSettings {
        let settings = self.settings();
        let weights = self
            .playing()
            .filter(|(_, name)| !self.allocation.has_stages(name))
            .map(|(version, name)| (name.to_owned(), allocation::weight(version, name, settings)))
            .collect();
        settings.clone().with_weights(weights)
    }

    /// Which types nobody plays though they have a weight, in words.
    pub fn without_users(&self) -> Option<String> {
        let current = self.history.current();
        self.allocation.without_users(current, &self.names)
    }

    /// What changed scripts mean for users who are in the middle of a `next`: steps that are not there any more, and types
    /// whose sessions cannot leave any more.
    pub fn chain_notes(&self, specs: &[TypeSpec]) -> Vec<String> {
        let mut notes = Vec::new();
        for spec in specs {
            let Some((before, _)) = self.playing().find(|(_, name)| *name == spec.name) else {
                notes.extend(spec.cannot_leave());
                continue;
            };
            let lost = spec.steps_lost_since(&before.spec);
            if !lost.is_empty() {
                notes.push(format!(
                    "{}: the steps do not include {} any more; users who made it last draw their \
                     next step by weight",
                    spec.path,
                    lost.join(", ")
                ));
            }
            let stuck = spec.cannot_leave();
            notes.extend(stuck.filter(|words| before.spec.cannot_leave().as_ref() != Some(words)));
        }
        notes
    }

    /// The types that are there, and their names.
    pub(super) fn playing(&self) -> impl Iterator<Item = (&TypeVersion, &str)> {
        let types = self.history.current().types.iter().zip(self.names.iter());
        types.filter_map(|(version, name)| Some((version.as_ref()?, &**name)))
    }
}
