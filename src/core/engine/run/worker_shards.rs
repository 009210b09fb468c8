//! Some shards of a run that is led elsewhere.

use std::ops::Range;
use std::sync::Arc;
use std::time::Instant;

use tokio::sync::{mpsc, oneshot};

use super::ended::StartError;
use super::shards::{Link, spawn};
use crate::engine::config::RunConfig;
use crate::engine::protocol::{Order, Report};
use crate::engine::remote::RunStart;
use crate::engine::shard::thread::ShardStart;
use crate::metrics::TypeId;

/// The shards of one worker, each on a thread of its own.
pub struct WorkerShards {
    links: Vec<Link>,
    /// Each shard learns here when its users begin.
    gates: Vec<oneshot::Sender<Instant>>,
    first: usize,
}

impl WorkerShards {
    /// Starts these shards of the run; what they report comes out of the channel, which ends after the last of them.
    ///
    /// # Errors
    /// When one has no thread: then none begins.
    pub fn start(
        config: &RunConfig,
        start: &RunStart,
        shards: Range<usize>,
    ) -> Result<(Self, mpsc::UnboundedReceiver<Report>), StartError> {
        let (sender, reports) = mpsc::unbounded_channel();
        let mut started = Self {
            links: Vec::new(),
            gates: Vec::new(),
            first: shards.start,
        };
        for shard in shards {
            let (gate, began) = oneshot::channel();
            let begin = ShardStart {
                shard,
                config: config.clone(),
                roster: Arc::clone(&start.roster),
                owners: start.owners.clone(),
                began,
                settings: start.settings.clone(),
                quotas: start.quotas.get(shard).copied().unwrap_or_default(),
                recording: start.recording.clone(),
            };
            started.links.push(spawn(begin, sender.clone())?);
            started.gates.push(gate);
        }
        Ok((started, reports))
    }

    /// Their users begin at this moment of the run's clock.
    pub fn begin(&mut self, at: Instant) {
        for gate in self.gates.drain(..) {
            // A shard that is gone by now will have said so.
            let _ = gate.send(at);
        }
    }

    /// An order for one shard, if it is among these. One that is done listens no more.
    pub fn send(&self, shard: usize, order: Order) {
        let link = shard.checked_sub(self.first);
        if let Some(link) = link.and_then(|index| self.links.get(index)) {
            let _ = link.orders.send(order);
        }
    }

    /// An order for each of them.
    pub fn broadcast(&self, order: &Order) {
        for link in &self.links {
            let _ = link.orders.send(order.clone());
        }
    }
}

impl RunStart {
    /// The type under which requests of the run itself are counted, and the names of all types.
    pub fn own_type(&self) -> (TypeId, Vec<String>) {
        let names: Vec<String> = self
            .roster
            .types
            .iter()
            .map(|of| of.name.to_string())
            .collect();
        let own = names
            .iter()
            .position(|name| name == crate::engine::roster::CROWD);
        let own = own.and_then(|index| u16::try_from(index).ok());
        (TypeId(own.unwrap_or(u16::MAX)), names)
    }
}
