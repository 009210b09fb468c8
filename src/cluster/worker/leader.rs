//! Looks who leads the run while its coordinator is silent.

use std::time::Duration;

use tokio::sync::mpsc;

use super::liveness::Found;
use crate::cluster::error::ClusterError;
use crate::cluster::nats::{Nats, Stores, latest};
use crate::cluster::records::{Leader, Names};
use crate::cluster::wire;

/// Looks at the lease of a run; a look that takes long holds up no other.
pub struct LeaderWatch {
    nats: Nats,
    stores: Stores,
    names: Names,
    limit: Duration,
    say: mpsc::UnboundedSender<(Found, Duration)>,
    /// What was found, and when the look began.
    pub found: mpsc::UnboundedReceiver<(Found, Duration)>,
}

impl LeaderWatch {
    /// Of this run; a look takes `limit` at most.
    pub fn new(nats: &Nats, stores: &Stores, names: &Names, limit: Duration) -> Self {
        let (say, found) = mpsc::unbounded_channel();
        Self {
            nats: nats.clone(),
            stores: stores.clone(),
            names: names.clone(),
            limit,
            say,
            found,
        }
    }

    /// Begins a look at this moment, by who knows the coordinator of this epoch.
    pub fn look(&mut self, epoch: u64, now: Duration) {
        let (nats, stores) = (self.nats.clone(), self.stores.clone());
        let (key, say, limit) = (self.names.leader(), self.say.clone(), self.limit);
        tokio::spawn(async move {
            match tokio::time::timeout(limit, look(&nats, &stores, &key, epoch)).await {
                Ok(Ok(found)) => drop(say.send((found, now))),
                Ok(Err(why)) => tracing::debug!("who leads the run is not known: {why}"),
                Err(_) => tracing::debug!("who leads the run is not known: no answer in time"),
            }
        });
    }
}

async fn look(nats: &Nats, stores: &Stores, key: &str, epoch: u64) -> Result<Found, ClusterError> {
    let Some(latest) = latest(nats, &stores.leases, key).await? else {
        return Ok(Found::Nobody);
    };
    let leader = wire::decode::<Leader>(&latest.value);
    let leader = leader.map_err(|why| ClusterError::failed("lease of the run", why))?;
    Ok(match leader.epoch > epoch {
        true => Found::Other,
        false => Found::Known(latest.revision),
    })
}
