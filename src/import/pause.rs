/// A time between two steps, in seconds.
#[derive(Clone, Debug, PartialEq)]
pub enum Pause {
    /// From, to.
    Range(f64, f64),
    /// Quantiles at equal distances, from the least to the most.
    Quantiles(Vec<f64>),
    /// Log-normal, by median and sigma.
    LogNormal(f64, f64),
    /// Exponential, by its mean.
    Exponential(f64),
}
