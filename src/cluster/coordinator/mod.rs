//! The side of who leads a run: it calls for workers, and reaches their shards.
//!
//! In: a server, how many workers a run wants, what they need to know. Out: the workers that came; then their shards, as a run
//! sees shards, on a thread of its own. It must never know what the orders and reports that it passes on are about, but for
//! the ends of shards.

mod dispatcher;
mod division;
mod gather;
mod joining;
mod link;
mod members;
mod options;
mod recruiting;
mod trials;
mod workers;

use std::sync::Arc;
use std::sync::mpsc as blocking;
use std::time::Duration;

use tokio::sync::mpsc;

use super::error::ClusterError;
use super::nats::{Nats, Server, Stores};
use super::records::{Brief, Names};
use crate::engine::RemoteShards;
use crate::plan::crowd::ShardMap;
use crate::script::Bundle;
use link::Link;
use trials::Staging;

pub use gather::Member;
pub use options::{OnLoss, Options};

/// How long workers may take to try changed scripts.
const TRY: Duration = Duration::from_secs(30);

/// Leads the workers of one run.
pub struct Coordinator {
    runtime: tokio::runtime::Runtime,
    nats: Nats,
    stores: Stores,
    options: Options,
    members: Vec<Member>,
}

impl Coordinator {
    /// Calls for workers, and waits until they are there. Blocks the calling thread.
    ///
    /// # Errors
    /// When the server cannot be used, or too few workers come in time.
    pub fn gather(server: &Server, options: Options) -> Result<Self, ClusterError> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|why| ClusterError::Machine(format!("no runtime for the cluster: {why}")))?;
        let (nats, stores, members) = runtime.block_on(async {
            let name = format!("throng run {}", options.run);
            let nats = Nats::connect(server, &name, None).await?;
            let stores = Stores::make(&nats, server).await?;
            let members = gather::gather(&nats, &stores, &options).await?;
            Ok::<_, ClusterError>((nats, stores, members))
        })?;
        Ok(Self {
            runtime,
            nats,
            stores,
            options,
            members,
        })
    }

    /// The workers, by their places.
    pub fn members(&self) -> &[Member] {
        &self.members
    }

    /// How many shards they have together, and which of them has which virtual shard.
    pub fn shards(&self) -> (usize, ShardMap) {
        let candidates: Vec<_> = self.members.iter().map(Member::candidate).collect();
        let shards = members::parts(&self.members).into_iter();
        let shards: Vec<_> = shards.map(|part| (part.first, part.threads)).collect();
        let owners = super::shard_map::divide(&candidates, None);
        let map = super::shard_map::shards_of(&owners, &shards, None);
        (shards.iter().map(|(_, threads)| threads).sum(), map)
    }

    /// Leads them from now on, on a thread of its own, which ends with the run.
    ///
    /// # Errors
    /// When there is no thread for it.
    pub fn lead(self, brief: Brief) -> Result<(RemoteShards, Stage), ClusterError> {
        let (orders, ordered) = mpsc::unbounded_channel();
        let (say, reports) = mpsc::unbounded_channel();
        let (stage, staged) = mpsc::unbounded_channel();
        let workers = self.members.len();
        let link = Link {
            nats: self.nats,
            stores: self.stores,
            names: Names(self.options.run.clone()),
            options: self.options,
            members: self.members,
            brief,
            orders: ordered,
            reports: say,
            staged,
        };
        let runtime = self.runtime;
        std::thread::Builder::new()
            .name("cluster".to_owned())
            .spawn(move || runtime.block_on(link.run()))
            .map_err(|why| ClusterError::Machine(format!("no thread for the cluster: {why}")))?;
        let remote = RemoteShards {
            workers,
            orders,
            reports,
        };
        Ok((remote, Stage(stage)))
    }
}

/// Tries changed scripts on all workers.
#[derive(Clone)]
pub struct Stage(mpsc::UnboundedSender<Staging>);

impl Stage {
    /// Sends the scripts to all workers, which try them; nobody runs them yet. Blocks the calling thread.
    ///
    /// # Errors
    /// Place and cause of each fault: a worker that cannot use them, or did not say so in time.
    pub fn check(&self, bundle: &Arc<Bundle>) -> Result<(), Vec<(String, String)>> {
        let (to, answer) = blocking::channel();
        let staging = Staging {
            bundle: Arc::clone(bundle),
            to,
        };
        if self.0.send(staging).is_err() {
            // The run is over, which says so itself.
            return Ok(());
        }
        match answer.recv_timeout(TRY) {
            Ok(faults) if faults.is_empty() => Ok(()),
            Ok(faults) => Err(faults),
            Err(_) => {
                let why = format!(
                    "not every worker has tried them within {} s; save again",
                    TRY.as_secs()
                );
                Err(vec![("the workers".to_owned(), why)])
            }
        }
    }
}
