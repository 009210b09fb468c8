use std::sync::Arc;

use tokio::sync::watch;

use crate::metrics::Snapshot;

/// The snapshots of the run, of which requests read the latest.
#[derive(Clone)]
pub struct Snapshots(pub watch::Receiver<Arc<Snapshot>>);

impl Snapshots {
    /// Cloned at once: the sender waits while the value is borrowed.
    pub fn latest(&self) -> Arc<Snapshot> {
        Arc::clone(&self.0.borrow())
    }
}
