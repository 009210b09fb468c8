//! The release that some users play first.

use std::collections::BTreeMap;

use super::allocation::Allocation;
use super::release::{Release, TypeVersion};
use crate::engine::roster::share_bound;
use crate::metrics::TypeId;

/// A release that some users play before all others.
#[derive(Debug, Clone)]
pub struct CanaryRelease {
    /// Its number.
    pub number: u32,
    /// The types whose users play it.
    pub types: Vec<CanaryType>,
    contents: Release,
    /// Users of a type with a number below this play it; in an open crowd the numbers are spread.
    below: BTreeMap<TypeId, u32>,
}

/// A type of a canary.
#[derive(Debug, Clone, Copy)]
pub struct CanaryType {
    pub kind: TypeId,
    pub change: VersionChange,
    /// How many users play the new version; 0 in an open crowd, where a share of those who come does.
    pub users: u32,
}

/// A version that is replaced by another.
#[derive(Debug, Clone, Copy)]
pub struct VersionChange {
    pub old: u32,
    pub new: u32,
}

impl CanaryRelease {
    /// For a share of the users of each type that changed; a type without users is no part of it.
    pub fn new(
        contents: Release,
        changed: &[(TypeId, VersionChange)],
        share: f64,
        allocation: &Allocation,
    ) -> Self {
        let mut types = Vec::new();
        let mut below = BTreeMap::new();
        for (kind, change) in changed {
            if allocation.is_open() {
                below.insert(*kind, share_bound(share));
                types.push(CanaryType {
                    kind: *kind,
                    change: *change,
                    users: 0,
                });
                continue;
            }
            let numbers = allocation.numbers_of(*kind);
            let users = (numbers.len() as f64 * share).ceil() as usize;
            if let Some(last) = users.checked_sub(1).and_then(|last| numbers.get(last)) {
                below.insert(*kind, last + 1);
                types.push(CanaryType {
                    kind: *kind,
                    change: *change,
                    users: u32::try_from(users).unwrap_or(u32::MAX),
                });
            }
        }
        Self {
            number: contents.number,
            types,
            contents,
            below,
        }
    }

    /// What it holds, for all types.
    pub fn contents(&self) -> &Release {
        &self.contents
    }

    /// What users of a type with a number below this one play, if the type is part of it.
    pub fn version_of(&self, kind: TypeId) -> Option<(&TypeVersion, u32)> {
        let below = *self.below.get(&kind)?;
        let version = self.contents.types.get(usize::from(kind.0))?.as_ref()?;
        Some((version, below))
    }
}
