//! The line-up of the canary.

use std::collections::BTreeMap;

use super::{Lineup, Releases};
use crate::metrics::TypeId;

/// A line-up that some users try.
#[derive(Debug, Clone)]
pub struct CanaryRelease {
    /// The release that is tried.
    pub release: u32,
    /// Types whose users try it: their old and their new version, and how many users.
    pub types: Vec<(TypeId, u32, u32, u32)>,
    pub(super) lineup: Lineup,
    /// Users of a type with a number below this try it.
    pub(super) below: BTreeMap<TypeId, u32>,
}

impl Releases {
    pub(super) fn canary_of(
        &self,
        lineup: Lineup,
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
            release: lineup.release,
            types,
            lineup,
            below,
        }
    }

    /// The canary under way.
    pub fn canary(&self) -> Option<&CanaryRelease> {
        self.canary.as_ref()
    }

    /// The canary is over, what was tried is for all.
    pub fn promote(&mut self) -> Option<CanaryRelease> {
        let trial = self.canary.take()?;
        self.play(trial.lineup.clone());
        Some(trial)
    }

    /// The trial is over, its users go back.
    pub fn give_up(&mut self) -> Option<CanaryRelease> {
        let trial = self.canary.take()?;
        self.rolled_back = true;
        self.revision += 1;
        Some(trial)
    }
}
