//! How the thresholds of a run stand.

use serde::{Deserialize, Serialize};

/// One threshold (`--fail-if`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Threshold {
    /// The rule as text: `p95{step="checkout"} > 2s`.
    pub rule: String,
    pub result: ThresholdResult,
    /// What is compared with the bound, in the rule's unit; none while there was nothing to measure.
    pub value: Option<f64>,
    /// In the rule's unit: a fraction from 0 to 1, seconds, a count a second, or that of the script's metric.
    pub bound: f64,
    /// The value as text with its unit.
    pub figure: Option<String>,
    /// Since when the value has been beyond the bound, as the run's age in seconds; none while it is not.
    #[serde(default)]
    pub beyond_since_seconds: Option<f64>,
    /// How it was met, with the figures, or why there is no data; none where it passes.
    pub met: Option<String>,
}

impl Threshold {
    /// What there is to say of it beside its rule.
    pub fn figures(&self) -> &str {
        let figures = match self.result {
            ThresholdResult::Passed => &self.figure,
            ThresholdResult::Failed | ThresholdResult::NoData | ThresholdResult::UnknownName => {
                &self.met
            }
        };
        figures.as_deref().unwrap_or_default()
    }

    /// `threshold p95 > 300ms: 412 ms (1,234 requests)`
    pub fn sentence(&self) -> String {
        format!("threshold {}: {}", self.rule, self.figures())
    }
}

/// What a threshold says of the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ThresholdResult {
    /// It is not met.
    Passed,
    /// It is met, or was in some window.
    Failed,
    /// There was nothing to measure, or no window as long as the rule's: not a pass.
    NoData,
    /// Nothing of the name in the rule was ever seen.
    UnknownName,
}

impl ThresholdResult {
    /// Its name in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::NoData => "no_data",
            Self::UnknownName => "unknown_name",
        }
    }
}
