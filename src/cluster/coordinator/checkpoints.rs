//! Keeps checkpoints of the run: the last one is an object, to which a key of the bucket of state points.

use std::collections::BTreeSet;

use async_nats::jetstream::kv;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use super::division::Division;
use super::members::Tracked;
use crate::cluster::error::ClusterError;
use crate::cluster::nats::{Latest, Nats, Objects, Stores, latest};
use crate::cluster::records::{Digests, Names, PROTOCOL};
use crate::cluster::wire;
use crate::engine::RunCheckpoint;

/// A run at one moment, as another coordinator can go on with it.
#[derive(Debug, Serialize, Deserialize)]
pub struct Checkpoint {
    pub v: u32,
    pub link: LinkState,
    /// The number of the last order.
    pub orders: u64,
    /// The sources of releases that are objects already.
    pub known: Digests,
    pub run: Box<RunCheckpoint>,
    /// How long ago it was made when it was written, in microseconds of the machine's clock.
    pub delay_us: u64,
}

/// How the link between a run and its workers stood at that moment.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct LinkState {
    /// The place in the stream of results of the last record that is in it.
    pub sequence: u64,
    pub workers: Vec<Tracked>,
    /// None before the first checkpoint.
    pub division: Option<Division>,
    /// How many workers there shall be, and whether others are called for where there are fewer.
    pub wanted: usize,
    pub recruits: bool,
    pub is_cleaning: bool,
    /// Places whose pod has succeeded, so that its Job starts no other one.
    #[serde(default)]
    pub used_places: BTreeSet<usize>,
}

/// Where the last checkpoint is.
#[derive(Debug, Serialize, Deserialize)]
struct Pointer {
    v: u32,
    epoch: u64,
    object: String,
}

/// A checkpoint that was read.
pub struct Found {
    pub checkpoint: Checkpoint,
    /// When it was kept, by the clock of the server.
    pub kept_ns: i128,
}

/// Keeps the last checkpoint of a run.
pub struct Keeper {
    nats: Nats,
    state: kv::Store,
    objects: Objects,
    names: Names,
    epoch: u64,
}

impl Keeper {
    pub fn new(nats: &Nats, stores: &Stores, names: &Names, epoch: u64) -> Self {
        Self {
            nats: nats.clone(),
            state: stores.state.clone(),
            objects: Objects::new(nats.clone(), stores.bundles.clone()),
            names: names.clone(),
            epoch,
        }
    }

    /// Keeps this one, which was made at `made`; the one before is deleted. Gives the place of the last record that is in it.
    ///
    /// # Errors
    /// When the server does not take it, or another coordinator has kept one.
    pub async fn keep(
        &self,
        mut checkpoint: Checkpoint,
        made: Instant,
    ) -> Result<u64, ClusterError> {
        let sequence = checkpoint.link.sequence;
        checkpoint.delay_us = u64::try_from(made.elapsed().as_micros()).unwrap_or(u64::MAX);
        let began = Instant::now();
        // It may have a megabyte of histograms: meanwhile orders and reports go on.
        let encoded = tokio::task::spawn_blocking(move || wire::encode(&checkpoint));
        let failed = |why: String| ClusterError::failed("checkpoint", why);
        let bytes = encoded.await.map_err(|why| failed(why.to_string()))?;
        let bytes = bytes.map_err(failed)?;
        let before = latest(&self.nats, &self.state, &self.names.checkpoint()).await?;
        let (revision, before) = match before {
            Some(latest) => (latest.revision, Some(pointer(&latest)?)),
            None => (0, None),
        };
        if before
            .as_ref()
            .is_some_and(|before| before.epoch > self.epoch)
        {
            return Err(failed("another coordinator has kept one".to_owned()));
        }
        let object = self.objects.put(&bytes).await?;
        let pointer = Pointer {
            v: PROTOCOL,
            epoch: self.epoch,
            object,
        };
        let body = bytes::Bytes::from(wire::encode(&pointer).map_err(failed)?);
        let key = self.names.checkpoint();
        match revision {
            0 => {
                self.nats
                    .ask("checkpoint", self.state.create(key, body))
                    .await?
            }
            _ => {
                let update = self.state.update(key, body, revision);
                self.nats.ask("checkpoint", update).await?
            }
        };
        if let Some(before) = before.filter(|before| before.object != pointer.object) {
            self.objects.delete(&before.object).await;
        }
        tracing::debug!(
            "a checkpoint of {} bytes took {:.1} ms",
            bytes.len(),
            began.elapsed().as_secs_f64() * 1e3
        );
        Ok(sequence)
    }

    /// The last one; none where there is none.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn find(&self) -> Result<Option<Found>, ClusterError> {
        let found = latest(&self.nats, &self.state, &self.names.checkpoint()).await?;
        let Some(found) = found else {
            return Ok(None);
        };
        let bytes = self.objects.get(&pointer(&found)?.object).await?;
        let unread = |why| ClusterError::failed("the checkpoint cannot be read", why);
        let checkpoint: Checkpoint = wire::decode(&bytes).map_err(unread)?;
        if checkpoint.v != PROTOCOL {
            return Err(unread(format!("it is of protocol {}", checkpoint.v)));
        }
        Ok(Some(Found {
            checkpoint,
            kept_ns: found.taken_ns,
        }))
    }

    /// Nobody needs it any more.
    pub async fn forget(&self) {
        let key = self.names.checkpoint();
        if let Ok(Some(found)) = latest(&self.nats, &self.state, &key).await {
            if let Ok(pointer) = pointer(&found) {
                self.objects.delete(&pointer.object).await;
            }
            let _ = self.state.purge(key).await;
        }
    }
}

fn pointer(found: &Latest) -> Result<Pointer, ClusterError> {
    let unread = |why| ClusterError::failed("where the checkpoint is cannot be read", why);
    wire::decode(&found.value).map_err(unread)
}
