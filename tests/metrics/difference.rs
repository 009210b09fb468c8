use throng::metrics::{Rate, lower_bound, upper_bound};

fn rate(hits: u64, of: u64) -> Rate {
    Rate { hits, of }
}

#[track_caller]
fn near(told: f64, expected: f64) {
    assert!(
        (told - expected).abs() < 1e-4,
        "{told} instead of {expected}"
    );
}

#[test]
fn bounds_are_those_that_newcombe_published() {
    // Table II of the paper, method 10, rounded to four digits.
    for (new, old, low, high) in [
        (rate(56, 70), rate(48, 80), 0.0524, 0.3339),
        (rate(9, 10), rate(3, 10), 0.1705, 0.8090),
        (rate(6, 7), rate(2, 7), 0.0582, 0.8062),
        (rate(5, 56), rate(0, 29), -0.0381, 0.1926),
        (rate(0, 10), rate(0, 20), -0.1611, 0.2775),
        (rate(0, 10), rate(0, 10), -0.2775, 0.2775),
        (rate(10, 10), rate(0, 20), 0.6791, 1.0),
        (rate(10, 10), rate(0, 10), 0.6075, 1.0),
    ] {
        near(lower_bound(new, old), low);
        near(upper_bound(new, old), high);
        near(lower_bound(old, new), -high);
        near(upper_bound(old, new), -low);
    }
}

#[test]
fn a_canary_of_two_hundred_steps_shows_five_points_but_not_three() {
    // 8 of 1,800 steps of the old version failed; values computed apart from this code.
    let old = rate(8, 1_800);
    near(lower_bound(rate(10, 200), old), 0.0225);
    near(lower_bound(rate(12, 200), old), 0.0298);
    assert!(lower_bound(rate(7, 200), old) < 0.02);
}

#[test]
fn no_trial_shows_no_difference() {
    let none = rate(0, 0);
    for known in [rate(0, 10), rate(10, 10), rate(500, 1_000), none] {
        assert!(lower_bound(none, known) <= 0.0, "{known:?}");
        assert!(lower_bound(known, none) <= 0.0, "{known:?}");
        assert!(upper_bound(none, known) >= 0.0, "{known:?}");
    }
    assert_eq!(
        (lower_bound(none, none), upper_bound(none, none)),
        (-1.0, 1.0)
    );
    near(lower_bound(none, rate(0, 10)), -0.2775);
}

#[test]
fn more_trials_tell_more_and_no_counts_are_too_large() {
    let bounds: Vec<_> = [10, 100, 1_000, 1_000_000, u64::MAX / 10 * 10]
        .map(|of| lower_bound(rate(of / 10, of), rate(0, of)))
        .to_vec();
    assert!(bounds.is_sorted(), "{bounds:?}");
    near(bounds[4], 0.1);
}

#[test]
fn more_hits_than_trials_are_as_many() {
    assert_eq!(rate(7, 5).share(), Some(1.0));
    assert_eq!(
        lower_bound(rate(u64::MAX, 10), rate(0, 20)),
        lower_bound(rate(10, 10), rate(0, 20))
    );
    assert_eq!(rate(1, 0).share(), None);
    assert_eq!(lower_bound(rate(1, 0), rate(1, 0)), -1.0);
}
