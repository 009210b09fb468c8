use serde::Serialize;

/// What is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Measure {
    /// Requests, steps or journeys a second.
    Rate,
    P50,
    P95,
    P99,
    /// Failed ones as a share of all.
    Failures,
}

impl Measure {
    pub const ALL: [Self; 5] = [Self::Rate, Self::P50, Self::P95, Self::P99, Self::Failures];

    /// The word for it, everywhere.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rate => "rate",
            Self::P50 => "p50",
            Self::P95 => "p95",
            Self::P99 => "p99",
            Self::Failures => "failures",
        }
    }

    /// The share below which a percentile lies.
    pub fn quantile(self) -> Option<f64> {
        match self {
            Self::P50 => Some(0.5),
            Self::P95 => Some(0.95),
            Self::P99 => Some(0.99),
            Self::Rate | Self::Failures => None,
        }
    }

    /// Fewest counts of each run for which it is compared. Of a percentile ten must lie above it.
    pub fn least_count(self) -> u64 {
        match self.quantile() {
            Some(quantile) => (10.0 / (1.0 - quantile)).round() as u64,
            None => 20,
        }
    }

    /// Whether a change in this direction is worse.
    pub fn is_worse(self, change: f64) -> bool {
        match self {
            Self::Rate => change < 0.0,
            Self::P50 | Self::P95 | Self::P99 | Self::Failures => change > 0.0,
        }
    }

    /// Whether changes are ratios; else differences of shares.
    pub fn is_ratio(self) -> bool {
        self != Self::Failures
    }
}
