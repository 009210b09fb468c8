//! The side of who leads a run: it calls for workers, and reaches their shards.
//!
//! In: a server, how many workers a run wants, what they need to know. Out: the workers that came; then their shards, as a run
//! sees shards, on a thread of its own. It must never know what the orders and reports that it passes on are about, but for
//! the ends of shards.

mod asked;
mod checkpoints;
mod dispatcher;
mod division;
mod gather;
mod joining;
mod lease;
mod leasing;
mod link;
mod members;
mod options;
mod pods;
mod recruiting;
mod rows;
mod runtime;
mod standby;
mod trials;
mod workers;

use std::sync::Arc;
use std::sync::mpsc as blocking;
use std::time::Duration;

use tokio::sync::mpsc;

use super::error::ClusterError;
use super::nats::{Nats, Server, Stores, latest};
use super::records::{Brief, FIRST_EPOCH, Names, PROTOCOL, RunRecord};
use super::wire;
use crate::engine::{RemoteShards, Resumed};
use crate::plan::crowd::ShardMap;
use crate::script::Bundle;
use lease::{Leadership, Lease};
use link::Link;
use runtime::runtime;
use standby::{Lead, Taken};
use trials::Staging;

pub use gather::Member;
pub use options::{OnLoss, Options, Pods};
pub use standby::Standby;

/// How long workers may take to try changed scripts.
const TRY: Duration = Duration::from_secs(30);

/// Leads the workers of one run.
pub struct Coordinator {
    runtime: tokio::runtime::Runtime,
    nats: Nats,
    stores: Stores,
    options: Options,
    members: Vec<Member>,
    leadership: Leadership,
    /// Where another coordinator led the run before.
    taken: Option<Taken>,
}

impl Coordinator {
    /// Takes the lead of the run, calls for workers, and waits until they are there. Blocks the calling thread.
    ///
    /// # Errors
    /// When the server cannot be used, somebody leads this run already, or too few workers come in time.
    pub fn gather(server: &Server, options: Options) -> Result<Self, ClusterError> {
        let runtime = runtime()?;
        let (nats, stores, members, leadership) = runtime.block_on(async {
            let name = format!("throng run {}", options.run);
            let nats = Nats::connect(server, &name, None).await?;
            let stores = Stores::make(&nats, server, options.clock).await?;
            let names = Names(options.run.clone());
            if lease::holder(&nats, &stores, &names).await?.is_none()
                && latest(&nats, &stores.state, &names.checkpoint())
                    .await?
                    .is_some()
            {
                return Err(ClusterError::Begun(options.run.clone()));
            }
            let leader = lease::leader(&options.run, &options.host, FIRST_EPOCH);
            let lease = Lease::take(&nats, &stores, leader, options.clock).await?;
            let mut leadership = lease.leadership();
            tokio::spawn(lease.keep());
            let members = tokio::select! {
                members = gather::gather(&nats, &stores, &options) => members,
                why = leadership.superseded() => return Err(why),
            };
            if members.is_err() {
                lease::release(&stores, &names).await;
            }
            Ok::<_, ClusterError>((nats, stores, members?, leadership))
        })?;
        Ok(Self {
            runtime,
            nats,
            stores,
            options,
            members,
            leadership,
            taken: None,
        })
    }

    /// Waits until the run of a standby is led by nobody, and leads it then; none where it is over. Blocks the calling thread.
    ///
    /// # Errors
    /// As of [`Standby::wait`].
    pub fn after(standby: Standby) -> Result<Option<Self>, ClusterError> {
        let with = |lead: Lead| Self {
            runtime: lead.runtime,
            nats: lead.nats,
            stores: lead.stores,
            options: lead.options,
            members: lead.members,
            leadership: lead.leadership,
            taken: Some(lead.taken),
        };
        Ok(standby.wait()?.map(with))
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

    /// The epoch in which this process leads the run: the first coordinator has 1.
    pub fn epoch(&self) -> u64 {
        self.leadership.epoch
    }

    /// Leads them from now on, on a thread of its own, which ends with the run. `details` are left for other coordinators.
    /// Gives the run as another one left it, too.
    ///
    /// # Errors
    /// When there is no thread for it, or the server does not take the details.
    pub fn lead(self, brief: Brief, details: serde_json::Value) -> Result<Led, ClusterError> {
        let (orders, ordered) = mpsc::unbounded_channel();
        let (say, reports) = mpsc::unbounded_channel();
        let (stage, staged) = mpsc::unbounded_channel();
        let workers = self.members.len();
        let (resumed, taken) = match self.taken {
            Some(Taken {
                checkpoint,
                age,
                at,
            }) => {
                let (state, mut link) = (checkpoint.run, checkpoint.link);
                // The run may have taken in who joined after the link was asked.
                for one in &mut link.workers {
                    one.is_admitted |= one.part.first < state.shards.count;
                }
                let resumed = Resumed { state, age, at };
                let taken = (link, checkpoint.known, checkpoint.orders);
                (Some(resumed), Some(taken))
            }
            None => {
                let record = RunRecord {
                    v: PROTOCOL,
                    details,
                };
                let failed = |why| ClusterError::failed("record of the run", why);
                let record = wire::encode(&record).map_err(failed)?;
                let key = Names(self.options.run.clone()).record();
                let put = self.stores.state.put(key, record.into());
                let put = self.nats.ask("record of the run", put);
                self.runtime.block_on(put)?;
                (None, None)
            }
        };
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
            leadership: self.leadership,
            taken,
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
        Ok(Led {
            remote,
            stage: Stage(stage),
            resumed,
        })
    }
}

/// A run that is led.
pub struct Led {
    pub remote: RemoteShards,
    pub stage: Stage,
    /// The run as another coordinator left it.
    pub resumed: Option<Resumed>,
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
