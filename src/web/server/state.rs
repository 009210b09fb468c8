//! What every request to the listener may need.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::sync::watch;

use crate::metrics::Snapshot;
use crate::secrets::Masker;
use crate::web::auth::Tries;
use crate::web::control::Control;
use crate::web::scripts::Shelf;
use crate::web::sse::Feed;

/// What every request of the API may need.
#[derive(Clone)]
pub(in crate::web) struct Site {
    pub snapshots: watch::Receiver<Arc<Snapshot>>,
    pub control: Option<Control>,
    pub secrets: Arc<Masker>,
    pub tries: Arc<Tries>,
    pub bound: SocketAddr,
    pub feed: Arc<Feed>,
    pub shelf: Option<Arc<Shelf>>,
}

impl Site {
    /// Cloned at once: the sender waits while the value is borrowed.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&self.snapshots.borrow())
    }
}
