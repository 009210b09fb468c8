//! What a run may at most do to its target, and how it behaves towards one that suffers.

use super::Fault;

/// Failures in a row after which a target, or one of its endpoints, is left alone.
pub const DEFAULT_BREAKER: u32 = 20;

/// More requests a second than this are a slip of the finger.
const MOST_RPS: f64 = 1e7;

/// More connections than this are a slip of the finger.
const MOST_CONNECTIONS: u64 = 10_000_000;

/// The limits of a run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// Requests a second of the whole run; none: as many as there are.
    pub max_rps: Option<f64>,
    /// Connections of the whole run that are open at once; none: as many as users have.
    pub max_connections: Option<u64>,
    /// Failures in a row after which the circuit breaker opens; none: never.
    pub breaker: Option<u32>,
    /// Whether requests time out by what their endpoint usually takes.
    pub adaptive_timeout: bool,
    /// Whether heavy steps are left out while the target suffers.
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
