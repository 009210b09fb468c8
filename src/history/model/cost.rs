use serde::{Deserialize, Serialize};

/// What a run took of the machine that it ran on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Cost {
    /// Processor time of throng, of all its threads.
    pub cpu_seconds: f64,
    /// How long its users were there, all added up, while that was measured.
    pub user_seconds: f64,
    /// Requests in that time.
    pub requests: u64,
    /// The most memory that the process had; none where the system does not say.
    pub memory_bytes: Option<u64>,
}
