//! The release that some users play first.

use std::collections::BTreeMap;

use super::allocation::Allocation;
use super::release::{Release, TypeVersion};
use crate::engine::roster::{CanaryUsers, share_bound};
use crate::metrics::TypeId;

/// A release that some users play before all others.
#[derive(Debug, Clone)]
pub struct CanaryRelease {
    /// Its number.
    pub number: u32,
    /// The types whose users play it.
    pub types: Vec<CanaryType>,
    contents: Release,
    /// From 0 to 1.
    share: f64,
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
        for (kind, change) in changed {
            let users = allocation.users().iter().filter(|of| **of == kind.0);
            let users = share_of(users.count(), share);
            if users > 0 || allocation.is_open() {
                types.push(CanaryType {
                    kind: *kind,
                    change: *change,
                    users,
                });
            }
        }
        Self {
            number: contents.number,
            types,
            contents,
            share,
        }
    }

    /// Which users play it. In a closed crowd the first ones of a type have the same share of them as all, however many there
    /// are: their number may change with the time.
    pub fn users_of(&self, allocation: &Allocation) -> CanaryUsers {
        if allocation.is_open() {
            return CanaryUsers::Spread(share_bound(self.share));
        }
        let mut before = BTreeMap::<u16, usize>::new();
        let plays = |kind: &u16| {
            let before = before.entry(*kind).or_default();
            *before += 1;
            share_of(*before, self.share) > share_of(*before - 1, self.share)
        };
        CanaryUsers::Numbers(allocation.users().iter().map(plays).collect())
    }

    /// What it holds, for all types.
    pub fn contents(&self) -> &Release {
        &self.contents
    }

    /// What users of a type play who are of the canary, if the type is part of it.
    pub fn version_of(&self, kind: TypeId) -> Option<&TypeVersion> {
        self.types.iter().find(|of| of.kind == kind)?;
        self.contents.types.get(usize::from(kind.0))?.as_ref()
    }
}

/// So large a share of a number of users, rounded up: one at least.
fn share_of(users: usize, share: f64) -> u32 {
    // 0.07 of 100 is 7.000000000000001 in binary.
    (users as f64 * share - 1e-9).ceil() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_rounded_up() {
        for (users, share, expected) in [
            (0, 0.1, 0),
            (1, 0.1, 1),
            (10, 0.1, 1),
            (11, 0.1, 2),
            (100, 0.07, 7),
            (20, 0.2, 4),
        ] {
            assert_eq!(share_of(users, share), expected, "{share} of {users}");
        }
    }
}
