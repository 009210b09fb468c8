//! What is read of the releases.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Releases;
use super::release::TypeVersion;
use crate::engine::roster::{Roster, ScriptVersion, UserType};
use crate::metrics::TypeId;

impl Releases {
    /// The roster for the shards.
    pub fn roster(&self) -> Arc<Roster> {
        let stable = self.current().types.iter().map(Option::as_ref);
        let stable = stable.chain(std::iter::repeat(None));
        let mut bundles = BTreeMap::new();
        let mut script = |version: &TypeVersion| {
            bundles.insert(version.version, Arc::clone(&version.bundle));
            ScriptVersion {
                version: version.version,
                requests: version.requests,
            }
        };
        let types = (0u16..)
            .zip(self.names.iter().zip(stable))
            .map(|(place, (name, stable))| UserType {
                name: Arc::clone(name),
                stable: stable.map(&mut script),
                canary: self.canary.as_ref().and_then(|canary| {
                    let below = *canary.below.get(&TypeId(place))?;
                    let version = canary.contents.types.get(usize::from(place))?.as_ref()?;
                    Some((script(version), below))
                }),
            })
            .collect();
        Arc::new(Roster {
            revision: self.revision,
            types,
            users: Arc::clone(&self.types),
            bundles,
        })
    }

    /// Counts up with every change.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// The release that plays.
    pub fn release(&self) -> u32 {
        self.current().number
    }

    /// Whether the folders hold scripts that were rolled back.
    pub fn is_rolled_back(&self) -> bool {
        self.rolled_back
    }

    /// All names, by the ids of the types.
    pub fn names(&self) -> Vec<String> {
        self.names.iter().map(|name| (**name).to_owned()).collect()
    }

    /// The name of a type.
    pub fn name(&self, kind: TypeId) -> &str {
        self.names.get(usize::from(kind.0)).map_or("?", |name| name)
    }

    /// The version that each type plays.
    pub fn versions(&self) -> impl Iterator<Item = (TypeId, u32)> + '_ {
        (0u16..)
            .zip(&self.current().types)
            .filter_map(|(place, version)| Some((TypeId(place), version.as_ref()?.version)))
    }

    /// The newest version of each type: that of the canary, where there is one.
    pub fn newest(&self) -> BTreeMap<TypeId, u32> {
        let mut newest: BTreeMap<_, _> = self.versions().collect();
        let tried = self.canary.iter().flat_map(|canary| &canary.types);
        newest.extend(tried.map(|(kind, _, new, _)| (*kind, *new)));
        newest
    }

    /// The types that use a file of the folders as they are, by the name that messages give it; none of a file that is no
    /// script and no module.
    pub fn types_of(&self, file: &str) -> Option<Vec<TypeId>> {
        let users = self.offered.types_of(file)?;
        let known = (0u16..).map(TypeId).zip(&self.names);
        Some(
            known
                .filter(|(_, name)| users.contains(name.as_ref()))
                .map(|(kind, _)| kind)
                .collect(),
        )
    }

    /// Versions that each type can go back to, the one that plays last.
    pub fn previous(&self) -> BTreeMap<TypeId, Vec<u32>> {
        let mut previous = BTreeMap::<TypeId, Vec<u32>>::new();
        for release in &self.history {
            for (place, version) in (0u16..).zip(&release.types) {
                let Some(version) = version else { continue };
                let of = previous.entry(TypeId(place)).or_default();
                of.retain(|known| *known != version.version);
                of.push(version.version);
            }
        }
        previous
    }

    pub(super) fn players(&self) -> impl Iterator<Item = (&TypeVersion, &str)> {
        let types = self.current().types.iter().zip(&self.names);
        types.filter_map(|(version, name)| Some((version.as_ref()?, &**name)))
    }
}
