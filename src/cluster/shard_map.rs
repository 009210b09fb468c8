//! Which worker has which virtual shards: weighted rendezvous hashing with exact shares. Pure.
//!
//! Each worker has a score for each virtual shard (Schindelhauer and Schomaker, "Weighted Distributed Hash Tables", SPAA
//! 2005), and its exact share of them, by the method of the largest remainder. Who has shards keeps them, up to its share;
//! the others go to the worker with the highest score that has room. So no more shards move than shares change.

use crate::plan::crowd::{self, ARRIVAL_SHARDS, ShardMap, VIRTUAL_SHARDS};

/// A worker among others.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Candidate<'a> {
    /// Its name, which is its own.
    pub name: &'a str,
    /// Its share of the whole: its threads.
    pub weight: f64,
}

/// The worker of each virtual shard, by its place in `workers`; `before` has the names of who had them, if anybody.
pub fn divide(workers: &[Candidate<'_>], before: Option<&[&str]>) -> Vec<usize> {
    let weights: Vec<f64> = workers.iter().map(|worker| worker.weight).collect();
    let seeds: Vec<u64> = workers.iter().map(|worker| seed(worker.name)).collect();
    let score = |worker: usize, shard: usize| score(seeds[worker], shard, weights[worker]);
    let mut owners: Vec<Option<usize>> = vec![None; VIRTUAL_SHARDS];
    let all = crowd::apportion(&weights, VIRTUAL_SHARDS as u32);
    // Of the virtual shards of those who arrive each worker has its share, too.
    let few = crowd::apportion(&weights, ARRIVAL_SHARDS as u32);
    let rest = all
        .iter()
        .zip(&few)
        .map(|(all, few)| all.saturating_sub(*few));
    let rest = rest.collect();
    for (part, mut room) in [
        (0..ARRIVAL_SHARDS, few),
        (ARRIVAL_SHARDS..VIRTUAL_SHARDS, rest),
    ] {
        for (index, worker) in workers.iter().enumerate() {
            let had = before.into_iter().flatten().enumerate();
            let had = had.filter(|(of, name)| part.contains(of) && **name == worker.name);
            let mut had: Vec<usize> = had.map(|(shard, _)| shard).collect();
            had.sort_by(|a, b| score(index, *b).total_cmp(&score(index, *a)));
            for shard in had.into_iter().take(room[index] as usize) {
                if let Some(owner) = owners.get_mut(shard) {
                    *owner = Some(index);
                    room[index] -= 1;
                }
            }
        }
        for (shard, owner) in owners.iter_mut().enumerate() {
            if owner.is_some() || !part.contains(&shard) {
                continue;
            }
            let with_room = (0..workers.len()).filter(|index| room[*index] > 0);
            let best = with_room.max_by(|a, b| score(*a, shard).total_cmp(&score(*b, shard)));
            if let Some(best) = best {
                room[best] -= 1;
                *owner = Some(best);
            }
        }
    }
    owners.into_iter().map(Option::unwrap_or_default).collect()
}

/// The shards of a worker: so many, from the first on.
pub type Shards = (usize, usize);

/// The shard of each virtual shard, where worker `w` has the shards `shards[w]`: those of a worker are dealt out to its shards
/// in turn, but what one of them had `before` stays with it, up to its share.
pub fn shards_of(owners: &[usize], shards: &[Shards], before: Option<&ShardMap>) -> ShardMap {
    let mut map = vec![None; owners.len()];
    for (worker, (first, count)) in shards.iter().copied().enumerate() {
        let own = || (0..owners.len()).filter(|of| owners[*of] == worker);
        let all = own().count();
        let mut room: Vec<usize> = (0..count.max(1))
            .map(|turn| all / count.max(1) + usize::from(turn < all % count.max(1)))
            .collect();
        for of in own() {
            let had = before.and_then(|before| before.owner(of).checked_sub(first));
            if let Some(left) = had
                .and_then(|shard| room.get_mut(shard))
                .filter(|left| **left > 0)
            {
                *left -= 1;
                map[of] = before.map(|before| before.owner(of) as u16);
            }
        }
        let mut turn = 0;
        for of in own() {
            if map[of].is_some() {
                continue;
            }
            while room.get(turn % room.len()) == Some(&0) {
                turn += 1;
            }
            let shard = turn % room.len();
            room[shard] -= 1;
            map[of] = Some((first + shard) as u16);
            turn += 1;
        }
    }
    map.into_iter().map(Option::unwrap_or_default).collect()
}

/// A number from a name (FNV-1a).
fn seed(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// The score of a worker for a shard: the greater the weight, the more often it is the highest.
fn score(seed: u64, shard: usize, weight: f64) -> f64 {
    let mut mixed = seed ^ (shard as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    // The finalizer of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^= mixed >> 31;
    let unit = ((mixed >> 11) as f64 + 0.5) / (1u64 << 53) as f64;
    -weight / unit.ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 9] = ["a", "b", "c", "d", "e", "f", "g", "h", "i"];

    fn workers(weights: &[f64]) -> Vec<Candidate<'static>> {
        let all = NAMES.into_iter().zip(weights);
        all.map(|(name, weight)| Candidate {
            name,
            weight: *weight,
        })
        .collect()
    }

    fn counts(owners: &[usize], workers: usize) -> Vec<u32> {
        let mut counts = vec![0; workers];
        owners.iter().for_each(|owner| counts[*owner] += 1);
        counts
    }

    #[test]
    fn every_virtual_shard_has_one_worker_and_each_worker_its_share() {
        for weights in [
            &[1.0][..],
            &[1.0, 1.0],
            &[1.0, 1.0, 1.0],
            &[4.0, 2.0, 1.0, 1.0],
            &[1.0; 9],
        ] {
            let owners = divide(&workers(weights), None);
            assert_eq!(owners.len(), VIRTUAL_SHARDS);
            let shares = crowd::apportion(weights, VIRTUAL_SHARDS as u32);
            assert_eq!(counts(&owners, weights.len()), shares, "{weights:?}");
        }
    }

    /// Whatever joins or leaves, no more shards move than the shares of those who get more grow.
    #[test]
    fn no_more_shards_move_than_shares_change() {
        for (before, after) in [
            (&[1.0, 1.0][..], &[1.0, 1.0, 1.0][..]),
            (&[1.0; 8], &[1.0; 9]),
            (&[1.0, 1.0, 1.0, 1.0], &[1.0, 1.0]),
            (&[2.0, 1.0, 1.0], &[1.0, 1.0, 2.0]),
            (&[1.0, 1.0, 1.0], &[1.0, 1.0, 1.0]),
        ] {
            let old = workers(before);
            let owners = divide(&old, None);
            let names: Vec<&str> = owners.iter().map(|owner| old[*owner].name).collect();
            let new = workers(after);
            let moved = divide(&new, Some(&names));
            let count = |shard: &usize| new[moved[*shard]].name != names[*shard];
            let count = (0..VIRTUAL_SHARDS).filter(count).count() as u32;
            let share = |all: &[usize], index: usize| {
                counts(all, NAMES.len()).get(index).copied().unwrap_or(0)
            };
            let grown = (0..NAMES.len())
                .map(|index| share(&moved, index).saturating_sub(share(&owners, index)));
            assert_eq!(count, grown.sum::<u32>(), "{before:?} to {after:?}");
        }
    }

    #[test]
    fn the_order_in_which_workers_came_does_not_matter_to_who_wins() {
        // With room for all, the highest score alone decides; with exact shares nearly all of them go so.
        let one = divide(&workers(&[1.0, 1.0]), None);
        let other = divide(
            &[
                Candidate {
                    name: "b",
                    weight: 1.0,
                },
                Candidate {
                    name: "a",
                    weight: 1.0,
                },
            ],
            None,
        );
        let same = one.iter().zip(&other).filter(|(a, b)| **a == 1 - **b);
        assert_eq!(same.count(), VIRTUAL_SHARDS);
    }

    #[test]
    fn the_shards_of_a_worker_are_dealt_out_to_its_threads() {
        let owners = divide(&workers(&[2.0, 1.0]), None);
        let map = shards_of(&owners, &[(0, 2), (2, 1)], None);
        let mut counts = [0; 3];
        (0..VIRTUAL_SHARDS as u32).for_each(|user| counts[map.of(user)] += 1);
        assert_eq!(counts.iter().sum::<i32>(), VIRTUAL_SHARDS as i32);
        assert!(
            counts.iter().all(|count| (341..=342).contains(count)),
            "{counts:?}"
        );
    }

    #[test]
    fn threads_of_a_worker_keep_what_they_had() {
        let one = divide(&workers(&[2.0]), None);
        let before = shards_of(&one, &[(0, 2)], None);
        let both = divide(&workers(&[2.0, 2.0]), Some(&["a"; VIRTUAL_SHARDS]));
        let after = shards_of(&both, &[(0, 2), (2, 2)], Some(&before));
        let mut counts = [0; 4];
        (0..VIRTUAL_SHARDS).for_each(|of| counts[after.owner(of)] += 1);
        assert_eq!(counts, [256; 4]);
        let kept = (0..VIRTUAL_SHARDS).filter(|of| after.owner(*of) == before.owner(*of));
        // Which of them go is the workers' matter; threads swap only as many as one of them has too many.
        assert!(kept.count() >= 480);
    }
}
