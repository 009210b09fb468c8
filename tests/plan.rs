//! What a plan may say, and how a crowd divides.

mod files;
mod live;
mod rules;
mod shapes;

use std::time::Duration;

use throng::plan::crowd::{self, VIRTUAL_SHARDS};
use throng::plan::{CanaryRules, Cleanup, Length, Plan, RequestLimits, StepChain};
use throng::random::{Purpose, Stream, weighted};
use url::Url;

fn faults(change: impl FnOnce(&mut Plan)) -> Vec<String> {
    let mut plan = Plan::default();
    change(&mut plan);
    plan.validate()
        .err()
        .unwrap_or_default()
        .iter()
        .map(ToString::to_string)
        .collect()
}

#[test]
fn ten_users_of_the_four_types_are_two_five_two_and_one() {
    assert_eq!(
        crowd::apportion(&[20.0, 50.0, 20.0, 10.0], 10),
        [2, 5, 2, 1]
    );
}

#[test]
fn a_crowd_that_changes_moves_as_few_users_as_can_be() {
    let before = crowd::assign(&[20, 50, 20, 10]);
    let counts = |types: &[u16]| {
        let mut counts = vec![0; 5];
        types
            .iter()
            .for_each(|kind| counts[usize::from(*kind)] += 1);
        counts
    };
    for wanted in [
        vec![20, 50, 20, 10, 0],
        vec![10, 40, 15, 10, 25],
        vec![0, 0, 0, 0, 100],
        vec![2, 5, 2, 1, 0],
        vec![40, 100, 40, 20, 50],
    ] {
        let after = crowd::reassign(&before, &wanted);
        assert_eq!(counts(&after), wanted);
        let stayed = before
            .iter()
            .zip(&after)
            .filter(|(one, other)| one == other);
        let had = counts(&before[..after.len().min(before.len())]);
        let could: u32 = had
            .iter()
            .zip(&wanted)
            .map(|(had, wanted)| *had.min(wanted))
            .sum();
        assert_eq!(stayed.count() as u32, could, "{wanted:?}");
    }
    let joined = crowd::reassign(&before, &[10, 40, 15, 10, 25]);
    let among_the_first = joined[..40].iter().filter(|kind| **kind == 4).count();
    let among_the_last = joined[60..].iter().filter(|kind| **kind == 4).count();
    assert!(
        among_the_first < among_the_last,
        "each type keeps its first users"
    );
    assert_eq!(crowd::reassign(&[], &[2, 3]), crowd::assign(&[2, 3]));
    assert!(crowd::reassign(&before, &[]).is_empty());
}

#[test]
fn largest_remainders_get_what_rounding_leaves() {
    for (weights, users, counts) in [
        (vec![20.0, 50.0, 20.0, 10.0], 1, vec![0, 1, 0, 0]),
        (vec![20.0, 50.0, 20.0, 10.0], 3, vec![1, 1, 1, 0]),
        (vec![20.0, 50.0, 20.0, 10.0], 7, vec![1, 4, 1, 1]),
        (
            vec![20.0, 50.0, 20.0, 10.0],
            1_000,
            vec![200, 500, 200, 100],
        ),
        (vec![1.0, 1.0, 1.0], 10, vec![4, 3, 3]),
        (vec![1.0, 1.0, 1.0], 2, vec![1, 1, 0]),
        (vec![0.1, 0.2, 0.7], 10, vec![1, 2, 7]),
        (vec![0.5, 0.0, 0.5], 3, vec![2, 0, 1]),
        (vec![3.0], 5, vec![5]),
        (vec![0.0, 0.0], 5, vec![0, 0]),
        (vec![], 5, vec![]),
        (
            vec![-1.0, f64::NAN, f64::INFINITY, 2.0],
            5,
            vec![0, 0, 0, 5],
        ),
        (vec![f64::MAX, f64::MAX], 4, vec![2, 2]),
        (vec![1.0, 1.0], u32::MAX, vec![2_147_483_648, 2_147_483_647]),
    ] {
        assert_eq!(
            crowd::apportion(&weights, users),
            counts,
            "{users} users of {weights:?}"
        );
    }
}

#[test]
fn counts_add_up_and_stay_within_one_of_the_share() {
    // A small linear congruential generator: the same crowds on every machine.
    let mut state: u64 = 7;
    let mut draw = |below: u64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    for _ in 0..2_000 {
        let weights: Vec<f64> = (0..=draw(8))
            .map(|_| draw(1_000) as f64 / 10.0 + 0.1)
            .collect();
        let users = u32::try_from(draw(20_000)).unwrap();
        let counts = crowd::apportion(&weights, users);
        assert_eq!(counts.iter().sum::<u32>(), users, "{weights:?}");
        let total: f64 = weights.iter().sum();
        for (weight, count) in weights.iter().zip(&counts) {
            let share = f64::from(users) * weight / total;
            assert!(
                (f64::from(*count) - share).abs() < 1.0 + 1e-6,
                "{count} for {share} of {users}: {weights:?}"
            );
        }
    }
}

#[test]
fn every_user_has_a_type_and_every_type_its_users() {
    let counts = [20, 50, 0, 30];
    let types = crowd::assign(&counts);
    for (index, count) in counts.iter().enumerate() {
        let found = types.iter().filter(|of| usize::from(**of) == index).count();
        assert_eq!(found, *count as usize, "users of type {index}");
    }
    assert_eq!(
        types,
        crowd::assign(&counts),
        "the same counts give the same types"
    );
    assert_eq!(crowd::assign(&[]), [] as [u16; 0]);
    assert_eq!(crowd::assign(&[0, 2]), [1, 1]);
}

/// How far a part of the crowd is from the mix of all of it, in users of its worst type.
fn distance(part: &[u16], counts: &[u32]) -> f64 {
    let all: u32 = counts.iter().sum();
    (0u16..)
        .zip(counts)
        .map(|(index, count)| {
            let have = part.iter().filter(|of| **of == index).count() as f64;
            (have - part.len() as f64 * f64::from(*count) / f64::from(all)).abs()
        })
        .fold(0.0, f64::max)
}

#[test]
fn the_first_users_have_the_mix_of_the_crowd() {
    for counts in [
        vec![200, 500, 200, 100],
        vec![500, 500],
        vec![10, 10, 10, 970],
    ] {
        let types = crowd::assign(&counts);
        for first in 1..types.len() {
            assert!(
                distance(&types[..first], &counts) <= 3.0,
                "the first {first} of {counts:?}"
            );
        }
    }
}

#[test]
fn every_shard_has_the_mix_of_the_crowd_whatever_their_number() {
    for counts in [
        vec![20, 50, 20, 10],
        vec![500, 500],
        vec![2_000, 5_000, 2_000, 1_000],
    ] {
        let types = crowd::assign(&counts);
        for shards in [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64] {
            let map = crowd::ShardMap::in_turn(shards);
            for shard in 0..shards {
                let of_shard: Vec<u16> = (0u32..)
                    .zip(&types)
                    .filter(|(user, _)| map.of(*user) == shard)
                    .map(|(_, of)| *of)
                    .collect();
                let off = distance(&of_shard, &counts);
                assert!(
                    off <= 9.0,
                    "shard {shard} of {shards} is {off} users from {counts:?}"
                );
            }
        }
    }
}

#[test]
fn a_user_keeps_its_virtual_shard() {
    assert_eq!(crowd::ShardMap::in_turn(4).of(5), 1);
    assert_eq!(crowd::ShardMap::in_turn(1_000).of(1_023), 23);
    assert_eq!(crowd::ShardMap::in_turn(1_000).of(1_024), 0);
    assert_eq!(crowd::ShardMap::in_turn(0).of(7), 0);
}

#[test]
fn limits_clamp_a_declared_range_and_serve_where_there_is_none() {
    for (min, max, declared, range) in [
        (None, None, Some((30, 100)), (30, 100)),
        (None, None, None, (10, 100)),
        (Some(50), None, Some((30, 100)), (50, 100)),
        (Some(50), Some(500), Some((10, 30)), (50, 50)),
        (None, Some(20), Some((30, 100)), (20, 20)),
        (Some(5), Some(20), Some((10, 30)), (10, 20)),
        (Some(10), Some(1_000), Some((100, 1_000)), (100, 1_000)),
        (Some(5), Some(20), None, (5, 20)),
        (Some(200), None, None, (200, 200)),
        (None, Some(3), None, (3, 3)),
        (None, Some(500), None, (10, 500)),
    ] {
        let limits = RequestLimits { min, max };
        assert_eq!(limits.clamp(declared), range, "{limits:?} on {declared:?}");
    }
}

#[test]
fn users_arrive_a_hundred_a_second_unless_told() {
    let mut plan = Plan {
        users: 250,
        ..Plan::default()
    };
    assert_eq!(plan.ramp(), Duration::from_millis(2_500));
    plan.ramp = Some(Duration::ZERO);
    assert_eq!(plan.ramp(), Duration::ZERO);
}

#[test]
fn the_default_plan_is_sound() {
    assert_eq!(faults(|_| ()), [] as [&str; 0]);
    assert_eq!(Plan::default().base_url.as_str(), "http://localhost/");
}

#[test]
fn all_faults_of_a_plan_come_at_once_those_of_settings_first() {
    let found = faults(|plan| {
        plan.users = 0;
        plan.types = Some(vec!["new".to_owned(), "new".to_owned()]);
        plan.requests = RequestLimits {
            min: Some(9),
            max: Some(3),
        };
        plan.length = Length::Sessions(0);
        plan.error_rate = 100.5;
        plan.cleanup = Some(Cleanup {
            interval: Some(Duration::ZERO),
        });
        plan.shards = VIRTUAL_SHARDS + 1;
        plan.think_factor = f64::INFINITY;
        plan.reload.canary = Some(CanaryRules {
            share: 1.0,
            time: Duration::ZERO,
        });
        plan.reload.tolerance = f64::NAN;
    });
    assert_eq!(
        found,
        [
            "users 0: must be a whole number from 1 to 1,000,000; give one such as 300",
            "error-rate 100.5: must be a percentage from 0 to 100; give one such as 15",
            "think-factor inf: must be a number from 0 to 1,000,000; give one such as 0.5 for half as long; 0 for no pauses",
            "user-types new,new: new is given twice; name each type once; its weight in the script says how many there are",
            "min-requests 9: more than --max-requests 3; give a minimum that is at most the maximum",
            "sessions 0: must be above 0; give a whole number from 1, or leave it out for one session a user",
            "cleanup-interval 0: must be above 0; give a time such as 3600 or 10m, or --cleanup alone to clean up at the end",
            "threads 1025: must be 1 to 1024 threads; give the number of cores, or leave it out",
            "canary 100%/0s: the share must be above 0% and below 100%; give a share and a time, such as 10%/20s or 0.1/20s",
            "canary 100%/0s: the duration must be above 0; give a share and a time, such as 10%/20s or 0.1/20s",
            "canary-tolerance NaN: must be 0 to 100 percentage points; give a number from 0 to 100, such as 2",
        ]
    );
}

#[test]
fn a_target_is_http_with_a_host_and_no_secrets() {
    for (url, fault) in [
        (
            "ftp://example.com/",
            "base-url ftp://example.com/: must be an http or https URL; give a URL such as http://127.0.0.1:9501",
        ),
        (
            "https://ann:secret@example.com/",
            "base-url https://example.com/: has a user name, which would appear in logs; leave it out of the URL; scripts log in by auth.basic",
        ),
        (
            "http://example.com/?a=1",
            "base-url http://example.com/?a=1: has a query or a fragment, which requests cannot keep; end the URL with its path",
        ),
    ] {
        assert_eq!(
            faults(|plan| plan.base_url = Url::parse(url).unwrap()),
            [fault]
        );
    }
    for url in [
        "http://127.0.0.1:9501",
        "https://example.com/api/",
        "http://[::1]:80/",
    ] {
        assert_eq!(
            faults(|plan| plan.base_url = Url::parse(url).unwrap()),
            [] as [&str; 0],
            "{url}"
        );
    }
}

#[test]
fn a_ramp_that_was_asked_for_fits_into_the_run() {
    let ramp = |seconds| {
        faults(|plan| {
            plan.length = Length::Duration(Duration::from_secs(60));
            plan.ramp = Some(Duration::from_secs(seconds));
        })
    };
    assert_eq!(ramp(60), [] as [&str; 0]);
    assert_eq!(
        ramp(61),
        [
            "ramp 61s: longer than the run of 60s, so the last users would never start; give a shorter ramp or a longer duration"
        ]
    );
}

#[test]
fn rates_that_are_no_share_are_faults() {
    for rate in [-0.1, 100.1, f64::NAN, f64::INFINITY] {
        assert_eq!(faults(|plan| plan.error_rate = rate).len(), 1, "{rate}");
    }
    for rate in [0.0, 100.0] {
        assert_eq!(
            faults(|plan| plan.error_rate = rate),
            [] as [&str; 0],
            "{rate}"
        );
    }
}

#[test]
fn sessions_drawn_from_a_chain_make_the_visits_that_are_expected() {
    let chain = StepChain::new(
        vec![1.0, 0.0, 0.0],
        vec![
            Some(vec![0.5, 0.3, 0.0, 0.2]),
            Some(vec![0.4, 0.0, 0.5, 0.1]),
            Some(vec![0.0, 0.0, 0.0, 1.0]),
        ],
    );
    let mut stream = Stream::new(7, 0, Purpose::Steps);
    let (mut visits, mut leaving) = ([0.0; 3], 0.0);
    let sessions = 200_000;
    for _ in 0..sessions {
        let mut step = 0;
        for left in (0..stream.int(2, 9)).rev() {
            visits[step] += 1.0 / f64::from(sessions);
            if left == 0 {
                break;
            }
            match weighted(&mut stream, chain.row(step).unwrap()).unwrap() {
                3 => {
                    leaving += 1.0 / f64::from(sessions);
                    break;
                }
                next => step = next,
            }
        }
    }
    let expected = chain.expected_session((2, 9));
    for (seen, expected) in visits.iter().zip(&expected.visits) {
        assert!((seen - expected).abs() < 0.01, "{visits:?} {expected:?}");
    }
    assert!(
        (leaving - expected.leaving).abs() < 0.005,
        "{leaving} {expected:?}"
    );
}
