//! The division of users: how many of each type, which user has which type, which shard has which user.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// The users are divided into this many virtual shards, whatever the number of threads; one of them is never split.
pub const VIRTUAL_SHARDS: usize = 1024;

/// Who arrives in an open crowd goes to one of the first virtual shards, of which there are so many.
pub const ARRIVAL_SHARDS: usize = 64;

/// The fractional part of the golden ratio. Its multiples, modulo 1, fill the unit interval more evenly than those
/// of any other number (H. Weyl, "Über die Gleichverteilung von Zahlen mod. Eins", 1916).
const GOLDEN: f64 = 0.618_033_988_749_894_9;

/// A message about types that get no user in spite of a weight, because there are too few users; none without such types.
/// A type is its name, its weight and its users.
pub fn without_users(types: &[(&str, f64, u32)], users: u32) -> Option<String> {
    let has_a_share = |weight: f64| weight.is_finite() && weight > 0.0;
    let left: Vec<&(&str, f64, u32)> = types
        .iter()
        .filter(|(_, weight, count)| *count == 0 && has_a_share(*weight))
        .collect();
    let least = left.iter().map(|(_, weight, _)| *weight).reduce(f64::min)?;
    let shares = types.iter().map(|(_, weight, _)| *weight);
    let total: f64 = shares.filter(|weight| has_a_share(*weight)).sum();
    let names: Vec<String> = left
        .iter()
        .map(|(name, weight, _)| format!("{name} (weight {weight} of {total})"))
        .collect();
    let crowd = if users == 1 {
        "one user is"
    } else {
        "users are"
    };
    let crowd = if users == 1 {
        crowd.to_owned()
    } else {
        format!("{users} {crowd}")
    };
    let enough = (total / least).ceil();
    let remedy = if enough <= f64::from(super::live::MAX_USERS) {
        format!("use at least {enough} users or other weights")
    } else {
        "use other weights".to_owned()
    };
    Some(format!(
        "no users of {}: {crowd} too few for such a share; {remedy}",
        names.join(", ")
    ))
}

/// Divides `users` over types by their weights: the largest-remainder method (A. Hamilton, 1792). Each type gets its
/// share rounded down; the rest goes, one each, to the largest remainders, and among equal ones to the first.
/// The counts add up to `users`. Weights that are negative, NaN or infinite count as 0; if all are 0, or there are none, so are the counts.
pub fn apportion(weights: &[f64], users: u32) -> Vec<u32> {
    let weights: Vec<f64> = weights
        .iter()
        .map(|weight| {
            if weight.is_finite() {
                weight.max(0.0)
            } else {
                0.0
            }
        })
        .collect();
    let largest = weights.iter().copied().fold(0.0, f64::max);
    if largest <= 0.0 {
        return vec![0; weights.len()];
    }
    // Weights near the end of the range of f64 would add up to infinity.
    let scaled: Vec<f64> = weights.iter().map(|weight| weight / largest).collect();
    let total: f64 = scaled.iter().sum();
    let quotas: Vec<f64> = scaled
        .iter()
        .map(|weight| f64::from(users) * weight / total)
        .collect();

    let mut counts: Vec<u32> = quotas.iter().map(|quota| whole(*quota)).collect();
    let given: u32 = counts.iter().sum();
    let mut order: Vec<usize> = (0..quotas.len())
        .filter(|index| scaled[*index] > 0.0)
        .collect();
    // A stable sort; nine digits, since 3/10 of 10 is 3.0000000000000004 in binary.
    let remainder = |index: usize| ((quotas[index] - f64::from(counts[index])) * 1e9).round();
    order.sort_by(|a, b| remainder(*b).total_cmp(&remainder(*a)));
    for index in order
        .into_iter()
        .cycle()
        .take(users.saturating_sub(given) as usize)
    {
        counts[index] += 1;
    }
    counts
}

/// The integer part of a quota, tolerant of rounding errors.
fn whole(quota: f64) -> u32 {
    (quota + 1e-9).floor() as u32
}

/// The type of each user, by number, so that the first hundred users and the users of each shard have about the mix
/// of all users. The same counts give the same types.
///
/// User n has the point n x [`GOLDEN`] modulo 1; the types take the users in the order of their points.
pub fn assign(counts: &[u32]) -> Vec<u16> {
    let users: usize = counts.iter().map(|count| *count as usize).sum();
    let mut order: Vec<u32> = (0..u32::try_from(users).unwrap_or(u32::MAX)).collect();
    order.sort_by(|a, b| point(*a).total_cmp(&point(*b)));
    let mut types = vec![0; users];
    let mut order = order.into_iter();
    for (index, count) in (0u16..).zip(counts) {
        for user in order.by_ref().take(*count as usize) {
            types[user as usize] = index;
        }
    }
    types
}

/// The types after a change: `counts` as requested, with as few users as possible in another type than in `now`.
/// Each type keeps its first users; those beyond its count, and new users, are spread over the types
/// that need more, as in [`assign`].
pub fn reassign(now: &[u16], counts: &[u32]) -> Vec<u16> {
    let users: usize = counts.iter().map(|count| *count as usize).sum();
    let mut wanted = counts.to_vec();
    let mut types: Vec<Option<u16>> = vec![None; users];
    for (place, kind) in types.iter_mut().zip(now) {
        if let Some(left) = wanted.get_mut(usize::from(*kind)).filter(|left| **left > 0) {
            *left -= 1;
            *place = Some(*kind);
        }
    }
    let mut fill = assign(&wanted).into_iter();
    types
        .into_iter()
        .map(|place| place.or_else(|| fill.next()).unwrap_or_default())
        .collect()
}

fn point(user: u32) -> f64 {
    (f64::from(user) * GOLDEN).fract()
}

/// In the place of a shard: nobody has the virtual shard just now.
pub const NOBODY: u16 = u16::MAX;

/// The virtual shard of user number `user`.
pub fn virtual_shard(user: u32) -> usize {
    user as usize % VIRTUAL_SHARDS
}

/// Which shard has which virtual shard: cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<u16>", into = "Vec<u16>")]
pub struct ShardMap(Arc<[u16]>);

impl ShardMap {
    /// Virtual shards are dealt out to the shards in turn.
    pub fn in_turn(shards: usize) -> Self {
        let owners = (0..VIRTUAL_SHARDS).map(|of| of % shards.max(1));
        owners.map(|shard| shard as u16).collect()
    }

    /// The shard that has user number `user`.
    pub fn of(&self, user: u32) -> usize {
        self.owner(virtual_shard(user))
    }

    /// The shard that has this virtual shard; where nobody has it, a number that no shard has.
    pub fn owner(&self, of: usize) -> usize {
        self.0.get(of).copied().map_or(0, usize::from)
    }
}

/// The shard of each virtual shard, in their order.
impl FromIterator<u16> for ShardMap {
    fn from_iter<T: IntoIterator<Item = u16>>(owners: T) -> Self {
        Self(owners.into_iter().collect())
    }
}

impl From<Vec<u16>> for ShardMap {
    fn from(owners: Vec<u16>) -> Self {
        Self(owners.into())
    }
}

impl From<ShardMap> for Vec<u16> {
    fn from(map: ShardMap) -> Self {
        map.0.to_vec()
    }
}
