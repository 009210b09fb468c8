//! Sends the coordinator what a worker has to say: numbered records, one under way at a time. What comes meanwhile waits and
//! goes with the next one, so that a slow server costs time, not counts.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::mpsc;

use crate::cluster::error::ClusterError;
use crate::cluster::nats::Publisher;
use crate::cluster::records::{Delta, PROTOCOL, Said};
use crate::cluster::wire;
use crate::engine::Report;

/// So much goes into one record at most: a message has a limit.
const MOST: usize = 32;

/// Requests that were counted so far, as all of a worker know it.
pub type Declared = Arc<AtomicU64>;

/// What sends it.
pub struct Reporter {
    pub publisher: Publisher,
    pub said: mpsc::UnboundedReceiver<Said>,
    pub declared: Declared,
    /// Begins the id of each record: run, place and incarnation.
    pub id: String,
}

impl Reporter {
    /// Until nobody says anything any more; the last record says so.
    ///
    /// # Errors
    /// When the server does not allow it.
    pub async fn run(mut self) -> Result<(), ClusterError> {
        let mut n = 0;
        loop {
            let mut said = Vec::new();
            let last = self.said.recv_many(&mut said, MOST).await == 0;
            let counted: u64 = said.iter().map(requests).sum();
            let declared = self.declared.fetch_add(counted, Ordering::Relaxed) + counted;
            n += 1;
            let delta = Delta {
                v: PROTOCOL,
                n,
                said,
                declared,
                last,
            };
            let body = wire::encode(&delta).map_err(|why| ClusterError::failed("record", why))?;
            let id = format!("{}/{n}", self.id);
            self.publisher.publish(&id, body).await?;
            if last {
                return Ok(());
            }
        }
    }
}

/// Requests that it counts.
fn requests(said: &Said) -> u64 {
    match said {
        Said::Report(Report::Batch { batch, .. }) => batch.totals.outcomes(None).total(),
        _ => 0,
    }
}
