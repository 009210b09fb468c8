//! How a canary begins, and how it ends: for all users or for none.

use std::collections::BTreeMap;

use super::Releases;
use super::canary_release::CanaryRelease;
use super::release::Release;
use crate::metrics::TypeId;

impl Releases {
    pub(super) fn canary_of(
        &self,
        release: Release,
        changed: &[(TypeId, u32, u32)],
        share: f64,
    ) -> CanaryRelease {
        let mut types = Vec::new();
        let mut below = BTreeMap::new();
        for (kind, old, new) in changed {
            let numbers: Vec<u32> = (0u32..)
                .zip(self.types.iter())
                .filter(|(_, of)| **of == kind.0)
                .map(|(number, _)| number)
                .collect();
            let users = (numbers.len() as f64 * share).ceil() as usize;
            if let Some(last) = users.checked_sub(1).and_then(|last| numbers.get(last)) {
                below.insert(*kind, last + 1);
                types.push((*kind, *old, *new, u32::try_from(users).unwrap_or(u32::MAX)));
            }
        }
        CanaryRelease {
            release: release.number,
            types,
            contents: release,
            below,
        }
    }

    /// The canary under way.
    pub fn canary(&self) -> Option<&CanaryRelease> {
        self.canary.as_ref()
    }

    /// The canary is over, what was tried is for all.
    pub fn promote(&mut self) -> Option<CanaryRelease> {
        let canary = self.canary.take()?;
        self.publish(canary.contents.clone());
        Some(canary)
    }

    /// The canary is over, its users go back.
    pub fn give_up(&mut self) -> Option<CanaryRelease> {
        let canary = self.canary.take()?;
        self.rolled_back = true;
        self.revision += 1;
        Some(canary)
    }
}
