//! The search for the knee, against targets whose knee is known.

use throng::pace::{Found, Knee, KneeBounds, KneeSearch, Next, Trial};
use throng::random::{Purpose, Stream};

const BOUNDS: KneeBounds = KneeBounds {
    from: 10.0,
    at_most: 1_000.0,
    precision: 0.05,
    passes: 3,
    whole: false,
};

/// Searches a target that answers by itself; gives the levels that were tried, too.
fn search(bounds: KneeBounds, mut target: impl FnMut(f64) -> Trial) -> (Knee, Vec<f64>) {
    let mut search = KneeSearch::new(bounds);
    let (mut level, mut tried) = (bounds.from, Vec::new());
    loop {
        assert!(level >= bounds.from && level <= bounds.at_most, "{level}");
        assert!(!bounds.whole || level.fract() == 0.0, "{level}");
        tried.push(level);
        match search.record(level, target(level)) {
            Next::Try(next) => level = next,
            Next::Done(knee) => return (knee, tried),
        }
    }
}

fn holds(is_held: bool) -> Trial {
    if is_held { Trial::Holds } else { Trial::Breaks }
}

#[test]
fn a_cliff_is_found_within_the_precision() {
    for cliff in [10.0, 11.0, 79.9, 80.0, 333.3, 640.0, 999.0] {
        let (knee, tried) = search(BOUNDS, |level| holds(level <= cliff));
        let level = knee.level.unwrap();
        assert_eq!(knee.found, Found::Knee, "{cliff}");
        assert!(level <= cliff && cliff < level * 1.06, "{level} of {cliff}");
        let (low, high) = knee.interval;
        assert!(low.unwrap() <= cliff && cliff < high.unwrap(), "{knee:?}");
        assert!(high.unwrap() <= low.unwrap() * 1.06, "{knee:?}");
        assert_eq!(knee.passes, 3);
        // Up by doubling, five to bisect a factor of two, and two for each repeat.
        assert!(tried.len() <= 8 + 5 + 4, "{tried:?}");
    }
}

#[test]
fn users_are_found_to_the_last_one() {
    let bounds = KneeBounds {
        from: 1.0,
        precision: 0.001,
        whole: true,
        ..BOUNDS
    };
    for cliff in [1.0, 2.0, 3.0, 37.0, 999.0] {
        let (knee, _) = search(bounds, |level| holds(level <= cliff));
        assert_eq!(knee.level, Some(cliff));
        assert_eq!(knee.interval, (Some(cliff), Some(cliff + 1.0)));
    }
}

#[test]
fn what_always_holds_is_tried_up_to_the_most_and_no_further() {
    let (knee, tried) = search(BOUNDS, |_| Trial::Holds);
    assert_eq!(knee.found, Found::AtMost);
    assert_eq!(
        (knee.level, knee.interval),
        (Some(1_000.0), (Some(1_000.0), None))
    );
    assert_eq!(
        tried,
        [10.0, 20.0, 40.0, 80.0, 160.0, 320.0, 640.0, 1_000.0]
    );
    let one = KneeBounds {
        from: 1_000.0,
        ..BOUNDS
    };
    assert_eq!(search(one, |_| Trial::Holds).1, [1_000.0]);
}

#[test]
fn what_never_holds_is_tried_twice() {
    let (knee, tried) = search(BOUNDS, |_| Trial::Breaks);
    assert_eq!((knee.found, knee.level), (Found::Lowest, None));
    assert_eq!(tried, [10.0, 10.0]);
    // A cold start is no verdict.
    let mut first = true;
    let (knee, _) = search(BOUNDS, |level| {
        holds(!std::mem::take(&mut first) && level <= 100.0)
    });
    assert_eq!(knee.found, Found::Knee);
}

/// The p99 of a queue with one server of 10 ms (M/M/1: exponential with the rate that is left), measured with noise of
/// this sigma, against 300 ms: it is at 100 - ln(100) / 0.3 = 84.65/s.
fn queue(sigma: f64, seed: u64) -> impl FnMut(f64) -> Trial {
    let mut random = Stream::new(seed, 1, Purpose::Pace);
    move |level| {
        let p99 = if level < 100.0 {
            100f64.ln() / (100.0 - level)
        } else {
            f64::MAX
        };
        let (one, other) = (random.float().max(1e-12), random.float());
        let normal = (-2.0 * one.ln()).sqrt() * (std::f64::consts::TAU * other).cos();
        holds(p99 * (sigma * normal).exp() < 0.3)
    }
}

#[test]
fn noise_moves_the_knee_of_a_queue_by_less_than_a_tenth() {
    let truth = 84.65;
    for sigma in [0.0, 0.1, 0.3] {
        let (mut beside, mut outside) = (0, 0);
        for seed in 0..200 {
            let (knee, tried) = search(BOUNDS, queue(sigma, seed));
            let level = knee.level.unwrap();
            let (low, high) = (knee.interval.0.unwrap(), knee.interval.1.unwrap());
            beside += usize::from((level / truth - 1.0).abs() > 0.1);
            outside += usize::from(truth < low || truth > high);
            assert!(low <= level && level < high, "{knee:?}");
            assert!(tried.len() <= 40, "{tried:?}");
        }
        assert!(
            beside <= 2,
            "{beside} of 200 are off by more, sigma {sigma}"
        );
        // Three passes are all too low or all too high in a quarter of the searches.
        assert!(
            outside <= 60,
            "{outside} of 200 intervals miss it, sigma {sigma}"
        );
    }
}

#[test]
fn a_target_that_flaps_gets_a_wide_interval_and_the_search_ends() {
    let (mut wide, mut longest) = (0, 0);
    for seed in 0..200 {
        let mut random = Stream::new(seed, 1, Purpose::Pace);
        let (knee, tried) = search(BOUNDS, |_| holds(random.chance(0.5)));
        longest = longest.max(tried.len());
        if let (Some(low), Some(high)) = knee.interval {
            wide += usize::from(high > 1.1 * low);
        } else {
            wide += 1;
        }
    }
    assert!(wide > 100, "{wide} of 200");
    assert!(longest <= 100, "{longest}");
}

#[test]
fn a_limit_of_the_generator_ends_it_at_the_second_time_with_what_held() {
    let limit = |level: f64| match level {
        ..=100.0 => Trial::Holds,
        _ => Trial::Limited,
    };
    let (knee, tried) = search(BOUNDS, limit);
    assert_eq!((knee.found, knee.level), (Found::Limit, Some(80.0)));
    assert_eq!(tried, [10.0, 20.0, 40.0, 80.0, 160.0, 160.0]);
    // What passes found before stays true.
    let mut trials = 0;
    let (knee, _) = search(BOUNDS, |level| {
        trials += 1;
        match trials {
            ..=9 => holds(level <= 100.0),
            _ => Trial::Limited,
        }
    });
    assert_eq!((knee.found, knee.passes), (Found::Knee, 1));
    assert!(knee.level.unwrap() > 95.0, "{knee:?}");
}

#[test]
fn levels_with_too_little_to_judge_by_are_passed_over_on_the_way_up() {
    let sparse = |level: f64| match level {
        ..=30.0 => Trial::Unjudged,
        ..=200.0 => Trial::Holds,
        _ => Trial::Breaks,
    };
    let (knee, tried) = search(BOUNDS, sparse);
    assert_eq!(tried[..4], [10.0, 20.0, 40.0, 80.0]);
    assert_eq!(knee.found, Found::Knee);
    let (knee, _) = search(BOUNDS, |_| Trial::Unjudged);
    assert_eq!((knee.found, knee.level), (Found::TooFew, None));
    // The first that can be judged breaks.
    let (knee, _) = search(BOUNDS, |level| match level {
        ..=30.0 => Trial::Unjudged,
        _ => Trial::Breaks,
    });
    assert_eq!((knee.found, knee.level), (Found::TooFew, None));
}
