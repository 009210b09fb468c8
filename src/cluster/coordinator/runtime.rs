//! The runtime of the thread that leads.

use crate::cluster::error::ClusterError;

/// A runtime for one thread.
///
/// # Errors
/// When the machine has none.
pub fn runtime() -> Result<tokio::runtime::Runtime, ClusterError> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|why| ClusterError::Machine(format!("no runtime for the cluster: {why}")))
}
