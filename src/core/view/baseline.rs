//! How a run compares with its baseline.

use serde::Serialize;

/// The comparison of a run that is over with the run of `--baseline`.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Baseline {
    /// The id of the run that it was compared with.
    pub run: String,
    /// By how much, as a share, p95, p99 and the rate may be worse (`--fail-on-regression`); none where nothing fails by it.
    pub fail_on_regression: Option<f64>,
    /// Whether nothing is worse by that much, and something could be compared.
    pub passed: bool,
    /// Figures of which it could be said whether they differ.
    pub compared: u64,
    /// What else was not the same in both runs, as `users: 50, now 100`.
    pub different: Vec<String>,
    /// Figures that differ by more than chance.
    pub changes: Vec<BaselineChange>,
    /// Why nothing could be compared; none where something could.
    pub reason: Option<String>,
}

/// A figure that differs by more than chance.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct BaselineChange {
    /// `all requests`, `GET /users/{id}`, `step new checkout`.
    pub subject: String,
    /// `rate`, `p50`, `p95`, `p99`, `failures`.
    pub measure: &'static str,
    /// In seconds, a second, or as a share.
    pub baseline: Option<f64>,
    pub now: Option<f64>,
    /// A ratio less 1 for rates and percentiles, a difference of shares for failures.
    pub change: Option<f64>,
    /// Where that lies but for chance.
    pub interval: Option<(f64, f64)>,
    /// Whether it is worse rather than better.
    pub worse: bool,
    /// Whether it is worse by more than is allowed.
    pub regression: bool,
    /// All of it in words.
    pub text: String,
}

impl Baseline {
    /// What is worse by more than is allowed.
    pub fn regressions(&self) -> impl Iterator<Item = &BaselineChange> {
        self.changes.iter().filter(|one| one.regression)
    }
}
