use std::time::Duration;

use throng::metrics::{Histogram, LONGEST};

/// Microseconds 1 to 100,000, each once.
fn ramp(mut histogram: Histogram) -> Histogram {
    for micros in 1..=100_000 {
        histogram.record(Duration::from_micros(micros));
    }
    histogram
}

#[test]
fn quantiles_lie_within_the_promised_error() {
    for (histogram, error) in [
        (ramp(Histogram::fine()), 0.001),
        (ramp(Histogram::coarse()), 0.01),
    ] {
        for quantile in [0.01, 0.5, 0.9, 0.95, 0.99, 0.999] {
            let exact = 100_000.0 * quantile;
            let off = (histogram.quantile(quantile) as f64 - exact).abs() / exact;
            assert!(off <= error, "p{quantile}: {off} of {exact}");
        }
    }
}

#[test]
fn count_sum_and_extremes_are_exact() {
    let histogram = ramp(Histogram::coarse());
    assert_eq!(histogram.count(), 100_000);
    assert_eq!(histogram.sum(), 5_000_050_000);
    assert_eq!(histogram.mean(), 50_000.5);
    assert_eq!((histogram.min(), histogram.max()), (1, 100_000));
}

#[test]
fn no_quantile_exceeds_the_maximum() {
    let mut histogram = Histogram::coarse();
    // The upper edge of its bin is 1,003,519.
    histogram.record(Duration::from_micros(1_000_001));
    for quantile in [0.0, 0.5, 0.99, 1.0] {
        assert_eq!(histogram.quantile(quantile), 1_000_001);
    }
}

#[test]
fn what_is_longer_than_an_hour_is_counted_as_an_hour() {
    let mut histogram = Histogram::fine();
    histogram.record(Duration::from_secs(7200));
    histogram.record(Duration::MAX);
    assert_eq!(histogram.count(), 2);
    assert_eq!(u128::from(histogram.max()), LONGEST.as_micros());
}

#[test]
fn nothing_recorded_is_zero_everywhere() {
    let empty = Histogram::fine();
    assert!(empty.is_empty());
    assert_eq!(
        (empty.min(), empty.max(), empty.quantile(0.99), empty.mean()),
        (0, 0, 0, 0.0)
    );
    assert_eq!(empty.cumulative(&[100, 1000]), [0, 0]);
}

#[test]
fn cumulative_counts_match_the_values() {
    let histogram = ramp(Histogram::fine());
    let counts = histogram.cumulative(&[100, 250, 1_000, 99_999, 1_000_000]);
    assert_eq!(&counts[..3], [100, 250, 1_000]);
    assert!((99_900..=100_000).contains(&counts[3]), "{counts:?}");
    assert_eq!(counts[4], 100_000);
}

#[test]
fn parts_add_up_to_the_whole_in_any_order() {
    let mut parts = [Histogram::fine(), Histogram::fine(), Histogram::fine()];
    let mut whole = Histogram::fine();
    for value in 0..30_000_u64 {
        let micros = value * value / 7;
        parts[(value % 3) as usize].record_value(micros);
        whole.record_value(micros);
    }
    for order in [[0, 1, 2], [2, 1, 0], [1, 0, 2]] {
        let mut sum = Histogram::fine();
        order.into_iter().for_each(|part| sum.add(&parts[part]));
        assert_eq!(sum, whole);
    }
}

#[test]
fn a_coarse_one_adds_to_a_fine_one_without_losing_a_count() {
    let mut sum = ramp(Histogram::fine());
    sum.add(&ramp(Histogram::coarse()));
    assert_eq!(sum.count(), 200_000);
    assert_eq!(sum.cumulative(&[u64::MAX]), [200_000]);
    assert!(sum.quantile(1.0) <= sum.max());
}

#[test]
fn it_travels_as_json_and_stays_equal() {
    for histogram in [ramp(Histogram::coarse()), Histogram::fine()] {
        let text = serde_json::to_string(&histogram).unwrap();
        let back: Histogram = serde_json::from_str(&text).unwrap();
        assert_eq!(back, histogram);
        assert_eq!(back.quantile(0.99), histogram.quantile(0.99));
    }
}

/// What another implementation of the same bins says of the same values.
#[test]
fn quantiles_and_bins_are_those_of_hdrhistogram() {
    for (digits, make) in [
        (2, Histogram::coarse as fn() -> Histogram),
        (3, Histogram::fine),
    ] {
        for spread in [3, 9, 17, 31, 52] {
            let mut ours = make();
            let mut theirs = hdrhistogram::Histogram::<u64>::new(digits).unwrap();
            let mut draw = 0x9e37_79b9_7f4a_7c15_u64;
            for n in 0..3_000_u64 {
                draw = draw
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(n | 1);
                let value = (draw >> 11) >> (53 - spread) >> (draw % 5);
                ours.record_value(value);
                theirs.record(value).unwrap();
            }
            for quantile in [0.0, 0.000_1, 0.01, 0.25, 0.5, 0.9, 0.99, 0.999, 1.0] {
                let expected = theirs.value_at_quantile(quantile);
                assert_eq!(
                    ours.quantile(quantile),
                    expected.clamp(ours.min(), ours.max()),
                    "{digits} digits, values below 2^{spread}, quantile {quantile}"
                );
            }
            let bins: Vec<_> = theirs
                .iter_recorded()
                .map(|at| {
                    (
                        theirs.lowest_equivalent(at.value_iterated_to()),
                        at.count_at_value(),
                    )
                })
                .collect();
            assert_eq!(ours.recorded().collect::<Vec<_>>(), bins);
        }
    }
}

#[test]
fn the_largest_values_there_are_can_be_counted() {
    let mut histogram = Histogram::fine();
    for value in [u64::MAX, u64::MAX - 1, 1 << 63, 0] {
        histogram.record_value(value);
    }
    assert_eq!(histogram.quantile(1.0), u64::MAX);
    assert_eq!(histogram.quantile(0.0), 0);
    assert_eq!(histogram.recorded().map(|(_, count)| count).sum::<u64>(), 4);
}
