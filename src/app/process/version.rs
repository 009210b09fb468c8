//! The version of the program.

/// The version that metrics, summaries and requests carry.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
