//! Arithmetic of measurements: histograms, and how far two rates lie apart.
//!
//! In: numbers. Out: counts, quantiles, bounds. It must never know what is measured.

pub mod buckets;
pub mod histogram;
pub mod newcombe;
pub mod sparse_histogram;
