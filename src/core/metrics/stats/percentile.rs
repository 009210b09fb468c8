//! How sure a percentile of some samples is: the interval between two of them, and how many it takes.

/// With this probability the interval holds the percentile of all that could have been measured.
pub const CONFIDENCE: f64 = 0.95;

/// The normal quantile for [`CONFIDENCE`], two-sided.
const Z: f64 = 1.959_963_985;

/// Samples from which the largest of them is above the percentile, with [`CONFIDENCE`]: `share^n <= 5 %`. It takes 5 for the
/// median, 59 for p95, 299 for p99 and 2,995 for p99.9; with fewer there is no upper bound for it, and what stands in its
/// place is just one of the largest samples.
pub fn least_samples(share: f64) -> u64 {
    if share <= 0.0 || share >= 1.0 {
        return 1;
    }
    ((1.0 - CONFIDENCE).ln() / share.ln()).ceil() as u64
}

/// The ranks, from 1, of the samples between which the percentile lies with [`CONFIDENCE`], by the normal approximation of
/// the binomial distribution (Conover, Practical Nonparametric Statistics, 3rd edition, 1999, section 3.2). None with fewer
/// than [`least_samples`].
pub fn interval_ranks(share: f64, samples: u64) -> Option<(u64, u64)> {
    if samples < least_samples(share) {
        return None;
    }
    let n = samples as f64;
    let (middle, half) = (n * share, Z * (n * share * (1.0 - share)).sqrt());
    let low = (middle - half).floor().max(1.0) as u64;
    let high = (middle + half).ceil() as u64 + 1;
    Some((low, high.min(samples)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_percentile_takes_as_many_samples_as_bound_it() {
        for (share, least) in [
            (0.5, 5),
            (0.9, 29),
            (0.95, 59),
            (0.99, 299),
            (0.999, 2_995),
            (0.0, 1),
            (1.0, 1),
        ] {
            assert_eq!(least_samples(share), least, "{share}");
            assert!(share <= 0.0 || share >= 1.0 || share.powi(least as i32) <= 0.05);
            assert_eq!(interval_ranks(share, least - 1), None);
        }
    }

    #[test]
    fn the_interval_covers_the_percentile_in_95_of_100_draws() {
        // The probability that the interval between two ranks holds the quantile is a sum of binomial probabilities.
        let covered = |share: f64, samples: u64| {
            let (low, high) = interval_ranks(share, samples).unwrap_or_default();
            // In logarithms: the smallest of them are none in a float.
            let mut logarithm = samples as f64 * (1.0 - share).ln();
            let mut sum = 0.0;
            for below in 0..=samples {
                // So many samples are below the quantile.
                if (low..high).contains(&below) {
                    sum += logarithm.exp();
                }
                let ratio = (samples - below) as f64 / (below + 1) as f64;
                logarithm += (ratio * share / (1.0 - share)).ln();
            }
            sum
        };
        for (share, samples) in [
            (0.5, 20),
            (0.5, 500),
            (0.9, 60),
            (0.95, 100),
            (0.95, 1_000),
            (0.99, 400),
            (0.99, 10_000),
        ] {
            let covered = covered(share, samples);
            assert!(
                (0.93..=1.0).contains(&covered),
                "{share} of {samples}: {covered}"
            );
        }
    }
}
