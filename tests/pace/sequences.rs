//! The planned moments of arrivals: as many as the rate says, exponential gaps, independent of each other.

use std::time::Duration;

use throng::pace::{Arrival, ArrivalSequence, ArrivalSpacing, Curve, Profile, Stage};
use throng::random::{Purpose, Stream};

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// Every arrival before a moment, with a fixed seed.
fn arrivals(profile: &Profile, spacing: ArrivalSpacing, until: Duration) -> Vec<Duration> {
    let mut stream = Stream::new(7, 0, Purpose::Arrivals);
    let mut sequence = ArrivalSequence::new(spacing);
    let next = || sequence.next(profile, stream.float());
    let arrivals = std::iter::from_fn(next).take_while(|arrival| arrival.at < until);
    let arrivals: Vec<Arrival> = arrivals.collect();
    for (number, arrival) in (0..).zip(&arrivals) {
        assert_eq!(arrival.number, number);
    }
    arrivals.into_iter().map(|arrival| arrival.at).collect()
}

/// The gaps in units of the area under the rate: those of a unit process.
fn unit_gaps(profile: &Profile, moments: &[Duration]) -> Vec<f64> {
    let before = std::iter::once(&Duration::ZERO).chain(moments);
    let gap = |(from, until): (&Duration, &Duration)| profile.area(*from, *until);
    before.zip(moments).map(gap).collect()
}

/// The statistic of Anderson and Darling for the exponential distribution of mean 1: at 1 % it is below 3.857 (Stephens,
/// "EDF Statistics for Goodness of Fit and Some Comparisons", 1974, case 0).
fn anderson_darling(gaps: &[f64]) -> f64 {
    let mut gaps = gaps.to_vec();
    gaps.sort_by(f64::total_cmp);
    let count = gaps.len();
    let sum: f64 = (0..count)
        .map(|place| {
            // ln of the distribution function at this gap, and of the rest at its mirror.
            let below = (-(-gaps[place]).exp_m1()).ln();
            let above = -gaps[count - 1 - place];
            (2 * place + 1) as f64 * (below + above)
        })
        .sum();
    -(count as f64) - sum / count as f64
}

/// The rank correlation of Spearman between each gap and the next, in standard deviations.
fn spearman(gaps: &[f64]) -> f64 {
    let ranks = |values: &[f64]| {
        let mut order: Vec<usize> = (0..values.len()).collect();
        order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
        let mut ranks = vec![0.0; values.len()];
        for (rank, place) in order.into_iter().enumerate() {
            ranks[place] = rank as f64;
        }
        ranks
    };
    let (these, next) = (ranks(&gaps[..gaps.len() - 1]), ranks(&gaps[1..]));
    let count = these.len() as f64;
    let squares: f64 = these
        .iter()
        .zip(&next)
        .map(|(this, next)| (this - next).powi(2))
        .sum();
    let correlation = 1.0 - 6.0 * squares / (count * (count * count - 1.0));
    correlation * (count - 1.0).sqrt()
}

#[test]
fn as_many_come_as_the_rate_says() {
    for rate in [10.0, 100.0, 1_000.0, 5_000.0] {
        let profile = Profile::constant(rate);
        let expected = rate * 30.0;
        let even = arrivals(&profile, ArrivalSpacing::Even, seconds(30)).len() as f64;
        assert!((even - expected).abs() <= 1.0, "{rate}/s: {even}");
        let poisson = arrivals(&profile, ArrivalSpacing::Poisson, seconds(30)).len() as f64;
        let deviations = (poisson - expected).abs() / expected.sqrt();
        assert!(deviations < 3.0, "{rate}/s: {poisson}");
    }
}

#[test]
fn gaps_are_exponential_and_independent() {
    let stages = [
        Stage {
            over: seconds(20),
            target: 500.0,
        },
        Stage {
            over: seconds(10),
            target: 500.0,
        },
        Stage {
            over: seconds(20),
            target: 0.0,
        },
    ];
    for (what, profile) in [
        ("10/s", Profile::constant(10.0)),
        ("100/s", Profile::constant(100.0)),
        ("1,000/s", Profile::constant(1_000.0)),
        ("stages", Profile::of_stages(&stages)),
    ] {
        let moments = arrivals(&profile, ArrivalSpacing::Poisson, seconds(300));
        let gaps = unit_gaps(&profile, &moments);
        assert!(gaps.len() > 1_000, "{what}: {}", gaps.len());
        let statistic = anderson_darling(&gaps);
        assert!(statistic < 3.857, "{what}: Anderson-Darling {statistic}");
        let deviations = spearman(&gaps);
        assert!(deviations.abs() < 2.576, "{what}: Spearman {deviations}");
    }
    // The tests see what is not so.
    let even = arrivals(&Profile::constant(100.0), ArrivalSpacing::Even, seconds(30));
    let gaps = unit_gaps(&Profile::constant(100.0), &even);
    assert!(anderson_darling(&gaps) > 3.857);
    let ascending: Vec<f64> = (1..100).map(f64::from).collect();
    assert!(spearman(&ascending) > 2.576);
}

#[test]
fn even_arrivals_follow_a_ramp_and_a_curve() {
    let ramp = Profile::of_stages(&[Stage {
        over: seconds(60),
        target: 200.0,
    }]);
    let moments = arrivals(&ramp, ArrivalSpacing::Even, seconds(60));
    for second in (10..=60).step_by(10) {
        let came = moments.iter().filter(|at| **at < seconds(second)).count() as f64;
        let expected = ramp.area(Duration::ZERO, seconds(second));
        assert!(
            (came - expected).abs() <= 1.0,
            "{second} s: {came} {expected}"
        );
    }
    assert_eq!(moments.len(), 6_000, "none after the end of the stages");
    // A day of 240 s whose hours differ, at 100 a second.
    let hours: Vec<(Duration, f64)> = (0..24)
        .map(|hour| (seconds(hour * 10), 0.2 + (hour % 12) as f64 / 10.0))
        .collect();
    let curve = Curve::new(seconds(240), &hours, Duration::ZERO);
    let profile = Profile::constant(100.0).with_curve(curve);
    let moments = arrivals(&profile, ArrivalSpacing::Even, seconds(240));
    for hour in 0..24 {
        let (from, until) = (seconds(hour * 10), seconds(hour * 10 + 10));
        let came = moments.iter().filter(|at| (from..until).contains(*at));
        let (came, expected) = (came.count() as f64, profile.area(from, until));
        let off = (came - expected).abs() / expected;
        assert!(off < 0.02, "hour {hour}: {came} {expected}");
    }
}

#[test]
fn a_change_of_the_rate_bends_what_is_to_come_and_nothing_before() {
    let (before, after) = (Profile::constant(10.0), Profile::constant(40.0));
    let changed = before.changed_at(seconds(10), &after);
    for spacing in [ArrivalSpacing::Even, ArrivalSpacing::Poisson] {
        let old = arrivals(&before, spacing, seconds(20));
        let new = arrivals(&changed, spacing, seconds(20));
        let until = old.iter().filter(|at| **at < seconds(10)).count();
        assert_eq!(old[..until], new[..until], "{spacing:?}");
        // What was to come in the ten seconds after comes in a quarter of them.
        for (old, new) in old[until..].iter().zip(&new[until..]) {
            let (old, new) = (*old - seconds(10), *new - seconds(10));
            let off = old.as_secs_f64() / 4.0 - new.as_secs_f64();
            assert!(off.abs() < 1e-6, "{spacing:?}: {old:?} {new:?}");
        }
    }
}

#[test]
fn a_rate_of_nothing_brings_nobody() {
    let stages = |target| {
        Profile::of_stages(&[Stage {
            over: seconds(10),
            target,
        }])
    };
    for profile in [Profile::constant(0.0), stages(0.0)] {
        for spacing in [ArrivalSpacing::Even, ArrivalSpacing::Poisson] {
            let mut sequence = ArrivalSequence::new(spacing);
            assert_eq!(sequence.next(&profile, 0.5), None, "{spacing:?}");
        }
    }
    // Draws at both ends of their range give moments that can be.
    let mut sequence = ArrivalSequence::new(ArrivalSpacing::Poisson);
    for unit in [0.0, 1.0, f64::NAN] {
        let next = sequence.next(&Profile::constant(1.0), unit);
        assert!(next.is_none_or(|next| next.at < seconds(100)), "{next:?}");
    }
}
