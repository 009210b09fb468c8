//! Compares two runs: what differs by more than chance, and by how much.
//!
//! In: the blocks of two runs. Out: a [`Comparison`], a row for each endpoint, step and journey. It must never know files,
//! nor who reads it.

mod comparison;
mod estimates;
mod holm;
mod measure;
mod plans;
mod resamples;
mod subject;
mod sums;

pub use comparison::{
    Change, Comparison, FAMILY, Finding, LEAST_BLOCKS, LEAST_FAILURE_POINTS, LEAST_RATIO, Row,
    compare,
};
pub use measure::Measure;
pub use plans::Difference;
pub use subject::Subject;
