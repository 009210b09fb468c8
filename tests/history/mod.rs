//! The history: what is kept, and how runs compare.

mod comparing;
mod keeping;
#[path = "../bench/simulated_runs.rs"]
pub mod simulated;
