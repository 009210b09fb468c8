//! The limits of a run, and how it treats an overloaded target.

use serde::{Deserialize, Serialize};

use super::Fault;

/// Failures in a row after which the circuit breaker of a host or an endpoint opens.
pub const DEFAULT_BREAKER: u32 = 20;

/// A higher rate is considered a typing error.
const MOST_RPS: f64 = 1e7;

/// More connections are considered a typing error.
const MOST_CONNECTIONS: u64 = 10_000_000;

/// The limits of a run.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Limits {
    /// Maximum requests a second of the whole run; none: no limit.
    pub max_rps: Option<f64>,
    /// Maximum open connections of the whole run; none: no limit.
    pub max_connections: Option<u64>,
    /// Failures in a row after which the circuit breaker opens; none: never.
    pub breaker: Option<u32>,
    /// Whether timeouts adapt to the latencies of endpoints.
    pub adaptive_timeout: bool,
    /// Whether heavy steps are skipped while the target is overloaded.
    pub degrade: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_rps: None,
            max_connections: None,
            breaker: Some(DEFAULT_BREAKER),
            adaptive_timeout: false,
            degrade: false,
        }
    }
}

impl Limits {
    /// Thousandths of a request a second.
    pub fn millis_per_second(&self) -> Option<u64> {
        self.max_rps.map(|rate| ((rate * 1000.0) as u64).max(1))
    }

    pub(super) fn faults(&self, faults: &mut Vec<Fault>) {
        if let Some(rate) = self
            .max_rps
            .filter(|rate| !(0.001..=MOST_RPS).contains(rate))
        {
            faults.push(Fault::new(
                format!("max-rps {rate}"),
                "must be 0.001 to 10,000,000 requests a second",
                "give requests a second such as 50 or 0.5, or pause the run",
            ));
        }
        if let Some(most) = self
            .max_connections
            .filter(|most| !(1..=MOST_CONNECTIONS).contains(most))
        {
            faults.push(Fault::new(
                format!("max-connections {most}"),
                "must be 1 to 10,000,000 connections",
                "give a whole number from 1",
            ));
        }
    }
}
