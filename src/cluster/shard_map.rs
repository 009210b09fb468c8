//! Which worker has which virtual shards: weighted rendezvous hashing with exact shares. Pure.
//!
//! Each worker has a score for each virtual shard (Schindelhauer and Schomaker, "Weighted Distributed Hash Tables", SPAA
//! 2005), and its exact share of them, by the method of the largest remainder. Who has shards keeps them, up to its share;
//! the others go to the worker with the highest score that has room. So no more shards move than shares change.

use crate::plan::crowd::{self, ShardMap, VIRTUAL_SHARDS};

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
    let mut room = crowd::apportion(&weights, VIRTUAL_SHARDS as u32);
    let seeds: Vec<u64> = workers.iter().map(|worker| seed(worker.name)).collect();
    let score = |worker: usize, shard: usize| score(seeds[worker], shard, weights[worker]);
    let mut owners: Vec<Option<usize>> = vec![None; VIRTUAL_SHARDS];
    for (index, worker) in workers.iter().enumerate() {
        let had = before.into_iter().flatten().enumerate();
        let had = had.filter(|(_, name)| **name == worker.name);
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
        if owner.is_some() {
            continue;
        }
        let with_room = (0..workers.len()).filter(|index| room[*index] > 0);
        let best = with_room.max_by(|a, b| score(*a, shard).total_cmp(&score(*b, shard)));
        if let Some(best) = best {
            room[best] -= 1;
            *owner = Some(best);
        }
    }
    owners.into_iter().map(Option::unwrap_or_default).collect()
}

/// The shard of each virtual shard, where worker `w` has `threads[w]` shards: those of a worker are dealt out to its threads in
/// turn, and shards have numbers from the first worker's on.
pub fn shards_of(owners: &[usize], threads: &[usize]) -> ShardMap {
    let firsts: Vec<usize> = threads
        .iter()
        .scan(0, |next, threads| {
            let first = *next;
            *next += threads;
            Some(first)
        })
        .collect();
    let mut turns = vec![0; threads.len()];
    owners
        .iter()
        .map(|worker| {
            let turn = turns[*worker];
            turns[*worker] += 1;
            (firsts[*worker] + turn % threads[*worker].max(1)) as u16
        })
        .collect()
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
        let map = shards_of(&owners, &[2, 1]);
        let mut counts = [0; 3];
        (0..VIRTUAL_SHARDS as u32).for_each(|user| counts[map.of(user)] += 1);
        assert_eq!(counts.iter().sum::<i32>(), VIRTUAL_SHARDS as i32);
        assert!(
            counts.iter().all(|count| (341..=342).contains(count)),
            "{counts:?}"
        );
    }
}
