//! Statistics: histograms, and confidence intervals of percentiles and of a difference of rates.
//!
//! In: numbers. Out: counts, quantiles, bounds. It must never know what is measured.

pub mod bins;
pub mod buckets;
pub mod histogram;
pub mod newcombe;
pub mod percentile;
pub mod sparse_histogram;
