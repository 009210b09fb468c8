//! Numbers by distribution, choices by weight, order.

use rand_distr::{Distribution, Exp1, StandardNormal, Zipf};

use super::Stream;

/// Uniform from `a` to `b`.
pub fn uniform(stream: &mut Stream, a: f64, b: f64) -> f64 {
    // Weighted ends instead of a + (b - a) * x: the difference of two finite numbers can be infinite.
    let x = stream.float();
    a * (1.0 - x) + b * x
}

/// Gaussian with a mean and a standard deviation.
pub fn normal(stream: &mut Stream, mean: f64, sd: f64) -> f64 {
    let z: f64 = StandardNormal.sample(stream);
    mean + sd * z
}

/// Log-normal by its median (half of the values are below it) and sigma, the deviation of the logarithm.
pub fn lognormal(stream: &mut Stream, median: f64, sigma: f64) -> f64 {
    let z: f64 = StandardNormal.sample(stream);
    median * (sigma * z).exp()
}

/// Exponential with a mean: the time between independent events.
pub fn exponential(stream: &mut Stream, mean: f64) -> f64 {
    let x: f64 = Exp1.sample(stream);
    mean * x
}

/// A rank from 1 to `n`, rank k in proportion to k^-s; none when `n` is 0 or `s` is negative or NaN.
pub fn zipf(stream: &mut Stream, n: u32, s: f64) -> Option<u32> {
    let ranks = Zipf::new(f64::from(n), s).ok()?;
    Some(ranks.sample(stream) as u32)
}

/// An index of a list of weights, each in proportion to its weight; none when the sum is not above 0.
pub fn weighted(stream: &mut Stream, weights: &[f64]) -> Option<usize> {
    let sum: f64 = weights.iter().sum();
    if !(sum > 0.0 && sum.is_finite()) {
        return None;
    }
    let mut rest = stream.float() * sum;
    for (index, weight) in weights.iter().enumerate() {
        rest -= weight;
        if rest < 0.0 {
            return Some(index);
        }
    }
    // A rounding error at the end goes to the last index with a weight.
    weights.iter().rposition(|weight| *weight > 0.0)
}

/// Uniform shuffle (Fisher and Yates).
pub fn shuffle<T>(stream: &mut Stream, list: &mut [T]) {
    for last in (1..list.len()).rev() {
        let other = stream.below(last as u64 + 1) as usize;
        list.swap(last, other);
    }
}
