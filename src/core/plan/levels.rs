//! The users or the arrivals over the run's time where types have shapes of their own: the level that the others share, and
//! those of each of them.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::crowd;
use crate::pace::Profile;

/// The levels of a run, whatever the weights are.
#[derive(Clone, Debug, PartialEq)]
pub struct Levels {
    /// What the types share by weight.
    pub shared: Profile,
    /// For each type with a curve of its own, what they would share if all had its curve.
    pub curves: BTreeMap<String, Profile>,
    /// The users of each type with stages of its own.
    pub stages: BTreeMap<String, Profile>,
}

/// The levels of a run with the weights as they are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TypeLevels {
    /// That of all types together that have none of their own.
    pub common: Profile,
    /// Those of the others, by the number of the type.
    pub own: BTreeMap<u16, Profile>,
}

/// A type for the division of a level: its name and weight; none where the type does not exist.
pub type WeightedType<'a> = Option<(&'a str, f64)>;

impl Levels {
    /// A level that is never exceeded, whatever the weights are.
    pub fn greatest(&self) -> f64 {
        let shared = self.curves.values().map(Profile::greatest);
        let shared = shared.fold(self.shared.greatest(), f64::max);
        shared + self.stages.values().map(Profile::greatest).sum::<f64>()
    }

    /// The levels with these weights of the types, in the order of their numbers. A type with stages has no weight: its users
    /// are multiplied by `factor`.
    pub fn of_types(&self, types: &[WeightedType<'_>], factor: f64) -> TypeLevels {
        let mut levels = TypeLevels {
            common: self.shared.clone(),
            own: BTreeMap::new(),
        };
        if self.curves.is_empty() && self.stages.is_empty() {
            return levels;
        }
        let usable = |weight: f64| {
            if weight.is_finite() {
                weight.max(0.0)
            } else {
                0.0
            }
        };
        let types = (0u16..).zip(types).filter_map(|(number, of)| {
            let (name, weight) = (*of)?;
            Some((number, name, usable(weight)))
        });
        let (mut total, mut common) = (0.0, 0.0);
        let mut by_curve = Vec::new();
        for (number, name, weight) in types {
            if let Some(users) = self.stages.get(name) {
                levels.own.insert(number, users.clone().scaled(factor));
                continue;
            }
            total += weight;
            match self.curves.get(name) {
                Some(level) => by_curve.push((number, level, weight)),
                None => common += weight,
            }
        }
        // Without any weight nobody has a share.
        let share = |weight: f64| if total > 0.0 { weight / total } else { 0.0 };
        for (number, level, weight) in by_curve {
            let level = level.clone().scaled(share(weight));
            levels.own.insert(number, level);
        }
        levels.common = levels.common.scaled(share(common));
        levels
    }
}

/// A message about types that get no user in spite of a weight; none without such types. A type with stages has no weight. The
/// counts are those of the types; without levels each type keeps its count.
pub fn without_users(
    types: &[WeightedType<'_>],
    counts: &[u32],
    levels: Option<&Levels>,
    users: u32,
) -> Option<String> {
    let has_stages = |name: &str| levels.is_some_and(|of| of.stages.contains_key(name));
    let sharing = types.iter().zip(counts).filter_map(|(of, count)| {
        let (name, weight) = (*of)?;
        (!has_stages(name)).then_some((name, weight, *count))
    });
    let sharing: Vec<(&str, f64, u32)> = sharing.collect();
    let users = match levels {
        Some(_) => sharing.iter().map(|(_, _, count)| *count).sum(),
        None => users,
    };
    crowd::without_users(&sharing, users)
}

impl TypeLevels {
    /// The level of all types together at a moment.
    pub fn level(&self, at: Duration) -> f64 {
        self.all().map(|level| level.level(at)).sum()
    }

    /// A level of all types together that is never exceeded.
    pub fn greatest(&self) -> f64 {
        self.all().map(Profile::greatest).sum()
    }

    /// When the last of the levels is over; none where one holds for ever.
    pub fn end(&self) -> Option<Duration> {
        let used = self.all().filter(|level| level.greatest() > 0.0);
        used.map(Profile::end)
            .reduce(|one, other| Some(one?.max(other?)))
            .unwrap_or_else(|| self.common.end())
    }

    /// Whether a type with a weight has the common level.
    pub fn has_common(&self) -> bool {
        self.common.greatest() > 0.0
    }

    /// The level of a type: its own, or the common one.
    pub fn of(&self, kind: u16) -> &Profile {
        self.own.get(&kind).unwrap_or(&self.common)
    }

    /// Users of each type at most: of those with the common level by their weights.
    pub fn counts(&self, weights: &[f64]) -> Vec<u32> {
        let common: Vec<f64> = (0u16..)
            .zip(weights)
            .map(|(kind, weight)| {
                if self.own.contains_key(&kind) {
                    0.0
                } else {
                    *weight
                }
            })
            .collect();
        let mut counts = crowd::apportion(&common, self.common_users());
        for (kind, level) in &self.own {
            if let Some(count) = counts.get_mut(usize::from(*kind)) {
                *count = level.greatest().round() as u32;
            }
        }
        counts
    }

    /// Users of the common level at most.
    pub fn common_users(&self) -> u32 {
        if self.has_common() {
            self.common.greatest().round().max(1.0) as u32
        } else {
            0
        }
    }

    /// For each user, by the types of the users, how many before it have the same level; empty where that is its number.
    pub fn ranks(&self, users: &[u16]) -> Vec<u32> {
        if self.own.is_empty() {
            return Vec::new();
        }
        let mut own: BTreeMap<u16, u32> = self.own.keys().map(|kind| (*kind, 0)).collect();
        let mut common = 0;
        let ranks = users.iter().map(|kind| {
            let next = own.get_mut(kind).unwrap_or(&mut common);
            let rank = *next;
            *next += 1;
            rank
        });
        ranks.collect()
    }

    /// These levels until `at`, and `next` from then on.
    #[must_use]
    pub fn changed_at(&self, at: Duration, next: &Self) -> Self {
        let nobody = Profile::constant(0.0);
        let kinds = self.own.keys().chain(next.own.keys());
        let own = kinds.map(|kind| {
            let before = self.own.get(kind).unwrap_or(&nobody);
            let after = next.own.get(kind).unwrap_or(&nobody);
            (*kind, before.changed_at(at, after))
        });
        Self {
            common: self.common.changed_at(at, &next.common),
            own: own.collect(),
        }
    }

    fn all(&self) -> impl Iterator<Item = &Profile> {
        std::iter::once(&self.common).chain(self.own.values())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pace::Stage;

    const fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn stages(users: f64, end: u64) -> Profile {
        let stage = |over, target| Stage { over, target };
        Profile::of_stages(&[stage(s(0), users), stage(s(end), users)])
    }

    fn levels() -> Levels {
        Levels {
            shared: Profile::constant(100.0),
            curves: BTreeMap::from([("night".to_owned(), Profile::constant(50.0))]),
            stages: BTreeMap::from([("batch".to_owned(), stages(7.0, 60))]),
        }
    }

    const TYPES: [WeightedType<'static>; 4] = [
        Some(("day", 2.0)),
        Some(("batch", 9.0)),
        Some(("night", 1.0)),
        None,
    ];

    #[test]
    fn types_share_by_weight_beside_those_with_stages() {
        let of = levels().of_types(&TYPES, 1.0);
        let at = |kind: u16| of.of(kind).level(s(1));
        assert!((at(0) - 200.0 / 3.0).abs() < 1e-9, "{}", at(0));
        assert_eq!(at(1), 7.0);
        assert!((at(2) - 50.0 / 3.0).abs() < 1e-9, "{}", at(2));
        assert_eq!(of.counts(&[2.0, 9.0, 1.0, 0.0]), [67, 7, 17, 0]);
        assert!((of.greatest() - 250.0 / 3.0 - 7.0).abs() < 1e-9);
        assert_eq!(of.end(), None, "the others go on");
        let thrice = levels().of_types(&TYPES, 3.0);
        assert_eq!(thrice.of(1).level(s(1)), 21.0);
        assert_eq!(thrice.of(0), of.of(0));
        assert_eq!(levels().greatest(), 107.0);
    }

    #[test]
    fn stages_of_all_who_have_users_end_the_run_with_the_last() {
        let mut levels = levels();
        levels.stages.insert("night".to_owned(), stages(1.0, 90));
        levels.curves.clear();
        let idle = [Some(("day", 0.0)), TYPES[1], TYPES[2]];
        let of = levels.of_types(&idle, 1.0);
        assert_eq!(of.end(), Some(s(90)));
        assert!(!of.has_common());
        assert_eq!(of.counts(&[0.0, 9.0, 1.0]), [0, 7, 1]);
        // A type that is gone has no users.
        let of = levels.of_types(&[idle[0], idle[1], None], 1.0);
        assert_eq!(of.end(), Some(s(60)));
        assert_eq!(levels.of_types(&TYPES, 1.0).end(), None);
    }

    #[test]
    fn without_own_shapes_the_level_is_that_of_all() {
        let plain = Levels {
            shared: Profile::constant(3.0),
            curves: BTreeMap::new(),
            stages: BTreeMap::new(),
        };
        let of = plain.of_types(&TYPES, 2.0);
        assert_eq!(of.common, plain.shared);
        assert_eq!(of.counts(&[1.0, 2.0]), crowd::apportion(&[1.0, 2.0], 3));
        assert!(of.ranks(&[0, 1, 0]).is_empty());
    }

    #[test]
    fn types_without_users_are_those_with_too_small_a_share() {
        let mut levels = levels();
        levels.shared = Profile::constant(4.0);
        levels.curves.clear();
        let types = [
            Some(("day", 9.0)),
            Some(("batch", 0.1)),
            Some(("rare", 0.1)),
        ];
        let weights = [9.0, 0.1, 0.1];
        let counts = levels.of_types(&types, 1.0).counts(&weights);
        assert_eq!(counts, [4, 7, 0]);
        let words = without_users(&types, &counts, Some(&levels), 0);
        let words = words.expect("the rare ones have none");
        assert!(
            words.starts_with("no users of rare (weight 0.1 of 9.1): 4 users are too few"),
            "{words}"
        );
    }

    #[test]
    fn users_are_counted_among_those_of_their_level() {
        let of = levels().of_types(&TYPES, 1.0);
        let ranks = of.ranks(&[0, 1, 3, 2, 1, 0, 2]);
        assert_eq!(ranks, [0, 0, 1, 0, 1, 2, 1]);
    }

    #[test]
    fn a_change_holds_from_its_moment_on() {
        let before = levels().of_types(&TYPES, 1.0);
        let mut after = before.clone();
        after.own.remove(&2);
        after.own.insert(0, Profile::constant(4.0));
        let both = before.changed_at(s(10), &after);
        assert_eq!(both.of(0).level(s(9)), 0.0);
        assert_eq!(both.of(0).level(s(10)), 4.0);
        assert!(both.of(2).level(s(9)) > 16.0);
        assert_eq!(both.of(2).level(s(10)), 0.0);
    }
}
