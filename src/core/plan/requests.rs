use serde::{Deserialize, Serialize};

/// Requests of a session of a type that declares no range.
pub const DEFAULT_REQUESTS: (u32, u32) = (10, 100);

/// Limits on the requests of a session, from 1; `None` is not given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestLimits {
    pub min: Option<u32>,
    pub max: Option<u32>,
}

impl RequestLimits {
    /// The range of a session's number of requests, both ends included.
    ///
    /// A declared range is clamped by the given limits. Without a declared one the limits are the range, and
    /// A limit that is not given is that of [`DEFAULT_REQUESTS`]. The first never exceeds the second: where only one
    /// limit is given and exceeds the other end, both ends are that limit.
    pub fn clamp(&self, declared: Option<(u32, u32)>) -> (u32, u32) {
        let Some((low, high)) = declared else {
            let low = self.min.unwrap_or(DEFAULT_REQUESTS.0);
            let high = self.max.unwrap_or(DEFAULT_REQUESTS.1);
            return match (self.min, self.max) {
                (Some(_), None) => (low, high.max(low)),
                _ => (low.min(high), high),
            };
        };
        let floor = self.min.unwrap_or(0);
        let ceiling = self.max.unwrap_or(u32::MAX).max(floor);
        (low.clamp(floor, ceiling), high.clamp(floor, ceiling))
    }
}
