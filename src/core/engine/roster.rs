//! Release roster: which users run which version of which type. One immutable value, shared by all shards.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::arc_serde;
use crate::metrics::TypeId;
use crate::pace::Profile;
use crate::plan::{TypeLevels, WeightedType};
use crate::script::{Bundle, Comebacks};

/// The name of what is no user: setup, teardown and clean-up.
pub const CROWD: &str = "_crowd";

/// The type of every user and the script of every type, at one moment.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Roster {
    /// Counts up with every change.
    pub revision: u64,
    /// By the ids of the types; a type that was deleted keeps its place.
    #[serde(with = "arc_serde::shared")]
    pub types: Arc<[UserType]>,
    /// The type of each user, by its number; its length is the size of the crowd.
    #[serde(with = "arc_serde::shared")]
    pub users: Arc<[u16]>,
    /// The weights of the types, by their ids, where the crowd is open: then `users` is empty, and each arrival draws its type.
    pub weights: Option<Vec<f64>>,
    /// Which users play the canaries of their types.
    pub canary_users: CanaryUsers,
    /// How many users there are over the run's time, where that changes: the first ones of each level. None: all of them.
    pub levels: Option<TypeLevels>,
    /// How many users before each of them have its level, where that is not its number; else empty.
    #[serde(with = "arc_serde::shared")]
    pub ranks: Arc<[u32]>,
    /// The sources of every version that somebody plays, by the number of the release that brought it.
    #[serde(with = "arc_serde::shared_values")]
    pub bundles: BTreeMap<u32, Arc<Bundle>>,
}

/// One type.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UserType {
    /// Its name.
    #[serde(with = "arc_serde::shared")]
    pub name: Arc<str>,
    /// What its users play; none when its file is gone.
    pub stable: Option<ScriptVersion>,
    /// What the users of the canary play instead, while there is one.
    pub canary: Option<ScriptVersion>,
}

/// Which users play the canaries of their types.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum CanaryUsers {
    /// In an open crowd, those with a [spread](spread) number below this: a share of all who come.
    Spread(u32),
    /// In a closed one, by the numbers of the users; those beyond do not.
    Numbers(#[serde(with = "arc_serde::shared")] Arc<[bool]>),
}

/// One version of a type's script.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ScriptVersion {
    /// Number of the release that brought it.
    pub version: u32,
    /// Requests in a session, within the limits of the plan.
    pub requests: (u32, u32),
    /// Whether its people come back, and when.
    pub comebacks: Comebacks,
}

impl Roster {
    /// Whether the level of users, where there is one, has come to this user.
    pub fn has_come_to(&self, number: u32, elapsed: Duration) -> bool {
        let level = self.level_of(number);
        level.is_none_or(|level| level.level(elapsed) >= self.threshold(number))
    }

    /// The level that says whether this user is there.
    pub fn level_of(&self, number: u32) -> Option<&Profile> {
        let levels = self.levels.as_ref()?;
        let kind = self.users.get(number as usize);
        Some(kind.map_or(&levels.common, |kind| levels.of(*kind)))
    }

    /// Whether this type has a level of its own.
    pub fn has_own_level(&self, kind: TypeId) -> bool {
        let levels = self.levels.as_ref();
        levels.is_some_and(|levels| levels.own.contains_key(&kind.0))
    }

    /// The level from which on there is the user with this number: a level is rounded to whole users.
    pub fn threshold(&self, number: u32) -> f64 {
        let rank = self.ranks.get(number as usize).unwrap_or(&number);
        f64::from(*rank) + 0.5
    }

    /// The type of a user; none when it does not belong to the crowd.
    pub fn kind_of(&self, number: u32) -> Option<TypeId> {
        self.users.get(number as usize).copied().map(TypeId)
    }

    /// Whether users come by arrivals.
    pub fn is_open(&self) -> bool {
        self.weights.is_some()
    }

    /// The types with their weights, where the crowd is open.
    pub fn weighted_types(&self) -> Vec<WeightedType<'_>> {
        let weights = self.weights.iter().flatten();
        let types = self.types.iter().zip(weights);
        let types = types.map(|(of, weight)| of.stable.is_some().then_some((&*of.name, *weight)));
        types.collect()
    }

    /// The type of an arrival, of those that share its rate, for a draw from 0 to 1; none when none of them has a weight.
    pub fn draw(&self, unit: f64, shares: impl Fn(TypeId) -> bool) -> Option<TypeId> {
        let weights = (0u16..).map(TypeId).zip(self.weights.as_deref()?);
        let weights = weights.filter(|(kind, weight)| **weight > 0.0 && shares(*kind));
        let total: f64 = weights.clone().map(|(_, weight)| weight).sum();
        let mut left = unit * total;
        let mut last = None;
        for (kind, weight) in weights {
            last = Some(kind);
            left -= weight;
            if left < 0.0 {
                break;
            }
        }
        last
    }

    /// What a user of this type plays; none when the type's file is gone.
    pub fn version_for(&self, kind: TypeId, number: u32) -> Option<ScriptVersion> {
        let of = self.types.get(usize::from(kind.0))?;
        match of.canary {
            Some(version) if self.canary_users.has(number) => Some(version),
            _ => of.stable,
        }
    }

    /// Whether people of this type come back, and when, as those say who are not of its canary.
    pub fn comebacks(&self, kind: TypeId) -> Comebacks {
        let of = self.types.get(usize::from(kind.0));
        let stable = of.and_then(|of| of.stable.as_ref());
        stable.map(|stable| stable.comebacks).unwrap_or_default()
    }

    /// What users of this type play who are not of its canary; none when the type's file is gone.
    pub fn stable_version(&self, kind: TypeId) -> Option<u32> {
        let of = self.types.get(usize::from(kind.0))?;
        of.stable.map(|stable| stable.version)
    }

    /// Whether anybody of this type is meant to play this version.
    pub fn plays(&self, kind: TypeId, version: u32) -> bool {
        let of = self.types.get(usize::from(kind.0));
        let versions = of
            .into_iter()
            .flat_map(|of| of.stable.iter().chain(&of.canary));
        versions.into_iter().any(|one| one.version == version)
    }

    /// The name of a type and the sources of one of its versions.
    pub fn sources(&self, kind: TypeId, version: u32) -> Option<(&str, &Arc<Bundle>)> {
        let of = self.types.get(usize::from(kind.0))?;
        Some((&of.name, self.bundles.get(&version)?))
    }
}

impl CanaryUsers {
    /// Nobody.
    pub fn none() -> Self {
        Self::Spread(0)
    }

    fn has(&self, number: u32) -> bool {
        match self {
            Self::Spread(below) => spread(number) < *below,
            Self::Numbers(users) => users.get(number as usize).copied().unwrap_or_default(),
        }
    }
}

/// Spreads consecutive numbers evenly over all of 32 bits (Knuth, "The Art of Computer Programming", volume 3, 6.4: hashing
/// by the golden ratio).
pub fn spread(number: u32) -> u32 {
    number.wrapping_mul(0x9e37_79b9)
}

/// The bound below which so large a share of [spread](spread) numbers lies.
pub fn share_bound(share: f64) -> u32 {
    (share * (f64::from(u32::MAX) + 1.0)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(weights: &[f64]) -> Roster {
        Roster {
            revision: 1,
            types: [].into(),
            users: [].into(),
            weights: Some(weights.to_vec()),
            canary_users: CanaryUsers::none(),
            levels: None,
            ranks: [].into(),
            bundles: BTreeMap::new(),
        }
    }

    #[test]
    fn arrivals_draw_their_types_by_the_weights() {
        let roster = open(&[1.0, 0.0, 3.0, 0.0]);
        for (unit, kind) in [(0.0, 0), (0.249, 0), (0.25, 2), (0.999_999, 2), (1.0, 2)] {
            let drawn = roster.draw(unit, |_| true);
            assert_eq!(drawn, Some(TypeId(kind)), "{unit}");
        }
        assert_eq!(open(&[0.0]).draw(0.5, |_| true), None);
        assert_eq!(roster.draw(0.9, |kind| kind != TypeId(2)), Some(TypeId(0)));
    }

    #[test]
    fn a_user_is_there_by_its_rank_among_those_of_its_level() {
        let users = [0, 1, 0, 1, 0];
        let levels = TypeLevels {
            common: Profile::constant(2.0),
            own: BTreeMap::from([(1, Profile::constant(1.4))]),
        };
        let mut roster = Roster {
            users: users.into(),
            weights: None,
            ranks: levels.ranks(&users).into(),
            levels: Some(levels),
            ..open(&[])
        };
        let now = Duration::ZERO;
        let there = |roster: &Roster| [0, 1, 2, 3, 4].map(|number| roster.has_come_to(number, now));
        assert_eq!(there(&roster), [true, true, true, false, false]);
        // With one level for all they come by their numbers.
        roster.levels.as_mut().expect("as made").own.clear();
        roster.ranks = [].into();
        assert_eq!(there(&roster), [true, true, false, false, false]);
    }

    #[test]
    fn any_run_of_numbers_has_the_share_of_a_canary() {
        for first in [0, 1_000, 123_456_789] {
            let users = CanaryUsers::Spread(share_bound(0.1));
            let numbers = first..first + 1_000;
            let count = numbers.filter(|number| users.has(*number)).count();
            assert!((99..=101).contains(&count), "{first}: {count}");
        }
    }
}
