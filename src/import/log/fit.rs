use crate::import::Pause;

/// Quantiles of a table of times.
const POINTS: usize = 21;
/// Largest distance of Kolmogorov and Smirnov at which a distribution fits.
const FITS: f64 = 0.03;

/// The distribution of times: exponential or log-normal where one fits, else a table of quantiles.
pub(super) fn pause(times: &mut [f64]) -> Pause {
    times.sort_by(f64::total_cmp);
    if times.is_empty() {
        return Pause::Range(0.0, 0.0);
    }
    let count = times.len() as f64;
    let mean = times.iter().sum::<f64>() / count;
    let exponential = |x: f64| 1.0 - (-x / mean).exp();
    if mean > 0.0 && distance(times, exponential) <= FITS {
        return Pause::Exponential(rounded(mean));
    }
    let first = times[0];
    if first > 0.0 {
        let logs: Vec<f64> = times.iter().map(|time| time.ln()).collect();
        let centre = logs.iter().sum::<f64>() / count;
        let variance = logs.iter().map(|log| (log - centre).powi(2)).sum::<f64>() / count;
        let sigma = variance.sqrt();
        let normal = |x: f64| {
            0.5 * statrs::function::erf::erfc(
                -(x.ln() - centre) / (sigma * std::f64::consts::SQRT_2),
            )
        };
        if sigma > 0.0 && distance(times, normal) <= FITS {
            return Pause::LogNormal(rounded(centre.exp()), rounded(sigma));
        }
    }
    let (low, high) = (times[0], times[times.len() - 1]);
    let uniform = |x: f64| {
        if high > low {
            (x - low) / (high - low)
        } else {
            1.0
        }
    };
    if distance(times, uniform) <= FITS || high - low < 0.002 {
        return Pause::Range(rounded(low), rounded(high));
    }
    Pause::Quantiles(quantiles(times, POINTS).into_iter().map(rounded).collect())
}

/// The largest distance between sorted values and a distribution.
fn distance(sorted: &[f64], of: impl Fn(f64) -> f64) -> f64 {
    let count = sorted.len() as f64;
    let at = |(place, value): (usize, &f64)| {
        let expected = of(*value);
        let (below, above) = (place as f64 / count, (place + 1) as f64 / count);
        (expected - below).abs().max((expected - above).abs())
    };
    sorted.iter().enumerate().map(at).fold(0.0, f64::max)
}

/// Quantiles at equal distances of sorted values.
fn quantiles(sorted: &[f64], points: usize) -> Vec<f64> {
    let last = sorted.len() - 1;
    (0..points)
        .map(|point| {
            let place = point as f64 / (points - 1) as f64 * last as f64;
            let below = place.floor() as usize;
            let above = sorted[(below + 1).min(last)];
            sorted[below] + (above - sorted[below]) * place.fract()
        })
        .collect()
}

fn rounded(seconds: f64) -> f64 {
    (seconds * 10_000.0).round() / 10_000.0
}

/// Quantiles of lengths, some of which were cut off by the log's end: by the estimate of Kaplan and Meier (1958).
pub(super) fn lengths(lengths: &[(u32, bool)], points: usize) -> Vec<u32> {
    let mut sorted = lengths.to_vec();
    // Of equal ones those that ended come first.
    sorted.sort_unstable();
    let longest = sorted.last().map_or(1, |(length, _)| *length).max(1);
    let mut alive = 1.0;
    let mut steps: Vec<(f64, u32)> = Vec::new();
    for (place, (length, is_cut)) in sorted.iter().enumerate() {
        if !is_cut {
            alive *= 1.0 - 1.0 / (sorted.len() - place) as f64;
            steps.push((1.0 - alive, *length));
        }
    }
    let Some((_, shortest)) = steps.first().copied() else {
        return vec![1, longest];
    };
    (0..points)
        .map(|point| {
            if point == 0 {
                return shortest.max(1);
            }
            let share = point as f64 / (points - 1) as f64;
            let found = steps.iter().find(|(ended, _)| *ended >= share - 1e-9);
            found.map_or(longest, |(_, length)| *length).max(1)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn evenly(of: impl Fn(f64) -> f64) -> Vec<f64> {
        (0..2000)
            .map(|place| of((f64::from(place) + 0.5) / 2000.0))
            .collect()
    }

    #[test]
    fn a_distribution_that_fits_is_found() {
        let mut times = evenly(|share| -2.0 * (1.0 - share).ln());
        assert!(matches!(pause(&mut times), Pause::Exponential(mean) if (mean - 2.0).abs() < 0.05));
        let mut times = evenly(|share| 1.0 + 2.0 * share);
        assert!(
            matches!(pause(&mut times), Pause::Range(low, high) if (low - 1.0).abs() < 0.01 && (high - 3.0).abs() < 0.01)
        );
        let mut times = evenly(|share| if share < 0.5 { 0.001 } else { 1.0 + share });
        assert!(matches!(pause(&mut times), Pause::Quantiles(table) if table.len() == POINTS));
    }

    #[test]
    fn lengths_that_were_cut_off_count_as_longer() {
        let whole: Vec<(u32, bool)> = (1..=100).map(|length| (length, false)).collect();
        assert_eq!(lengths(&whole, 5), [1, 25, 50, 75, 100]);
        let cut: Vec<(u32, bool)> = (1..=100)
            .map(|length| (length.min(60), length > 60))
            .collect();
        let found = lengths(&cut, 5);
        assert_eq!(found[..3], [1, 25, 50]);
        assert_eq!(lengths(&[(7, true)], 5), [1, 7]);
    }
}
