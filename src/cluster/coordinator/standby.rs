//! A coordinator that waits until the one of a run is gone, and goes on with the run.

use std::time::Duration;

use futures_util::TryStreamExt as _;
use tokio::time::Instant;

use super::checkpoints::{Checkpoint, Found, Keeper};
use super::gather::Member;
use super::lease::{self, Leadership, Lease};
use super::options::Options;
use super::runtime::runtime;
use crate::cluster::error::ClusterError;
use crate::cluster::nats::{Nats, Server, Stores, latest};
use crate::cluster::records::{Names, RunRecord};
use crate::cluster::time_of_day::boot_time;
use crate::cluster::wire;

/// How often it is looked who leads the run.
const LOOK: Duration = Duration::from_secs(1);

/// A run that was taken over: a checkpoint, and how old it was at which moment.
pub struct Taken {
    pub checkpoint: Checkpoint,
    pub age: Duration,
    pub at: Instant,
}

/// The lead of a run that was taken over, with what it needs.
pub struct Lead {
    pub runtime: tokio::runtime::Runtime,
    pub nats: Nats,
    pub stores: Stores,
    pub options: Options,
    pub members: Vec<Member>,
    pub leadership: Leadership,
    pub taken: Taken,
}

/// Waits for the lead of a run.
pub struct Standby {
    runtime: tokio::runtime::Runtime,
    nats: Nats,
    stores: Stores,
    options: Options,
    names: Names,
    record: RunRecord,
}

impl Standby {
    /// Waits until the run with the id of these options has begun; without an id it is the one run that the server has.
    /// Blocks the calling thread.
    ///
    /// # Errors
    /// When the server cannot be used, or has several runs of which none is named.
    pub fn find(server: &Server, mut options: Options) -> Result<Self, ClusterError> {
        let runtime = runtime()?;
        let (nats, stores, run, record) = runtime.block_on(async {
            let nats = Nats::connect(server, "throng run --standby", None).await?;
            let stores = Stores::make(&nats, server, options.clock).await?;
            loop {
                let found = async {
                    let Some(run) = named(&nats, &stores, &options.run).await? else {
                        return Ok(None);
                    };
                    let record = record(&nats, &stores, &Names(run.clone())).await?;
                    Ok(record.map(|record| (run, record)))
                };
                if let Some((run, record)) = unless_failed(found.await)?.flatten() {
                    return Ok::<_, ClusterError>((nats, stores, run, record));
                }
                tokio::time::sleep(options.clock.real_span(LOOK)).await;
            }
        })?;
        let names = Names(run.clone());
        options.run = run;
        Ok(Self {
            runtime,
            nats,
            stores,
            options,
            names,
            record,
        })
    }

    /// The id of the run.
    pub fn run(&self) -> &str {
        &self.names.0
    }

    /// What its first coordinator left of it for others.
    pub fn details(&self) -> &serde_json::Value {
        &self.record.details
    }

    /// Waits until nobody leads the run, and leads it then; none where the run is over. Blocks the calling thread.
    ///
    /// # Errors
    /// When the server cannot be used, or there is nothing from which the run could go on.
    pub fn wait(self) -> Result<Option<Lead>, ClusterError> {
        let Self {
            runtime,
            nats,
            stores,
            options,
            names,
            ..
        } = self;
        let taken = runtime.block_on(async {
            loop {
                let lease = unless_failed(take(&nats, &stores, &options, &names).await)?;
                if let Some(lease) = lease.flatten() {
                    let epoch = lease.leader.epoch;
                    let leadership = lease.leadership();
                    let taken_at = boot_time();
                    tokio::spawn(lease.keep());
                    let keeper = Keeper::new(&nats, &stores, &names, epoch);
                    let (taken, found) = loop {
                        let read = async {
                            let taken = latest(&nats, &stores.leases, &names.leader()).await?;
                            Ok((taken, keeper.find().await?))
                        };
                        if let Some(read) = unless_failed(read.await)? {
                            break read;
                        }
                        tokio::time::sleep(options.clock.real_span(LOOK)).await;
                    };
                    let Some(found) = found else {
                        lease::release(&stores, &names).await;
                        return Err(ClusterError::NothingKept(names.0.clone()));
                    };
                    let now_ns = taken.map_or(found.kept_ns, |taken| taken.taken_ns);
                    return Ok(Some((leadership, found, now_ns, taken_at)));
                }
                let epoch = lease::last_epoch(&nats, &stores.state, &names).await;
                if matches!(unless_failed(epoch)?, Some(None)) {
                    return Ok(None);
                }
                tokio::time::sleep(options.clock.real_span(LOOK)).await;
            }
        })?;
        let Some((leadership, found, now_ns, taken_at)) = taken else {
            return Ok(None);
        };
        let Found {
            checkpoint,
            kept_ns,
        } = found;
        let age = Duration::from_nanos(u64::try_from(now_ns - kept_ns).unwrap_or(0));
        let age = age + Duration::from_micros(checkpoint.delay_us);
        let age = age + boot_time().saturating_sub(taken_at);
        let workers = checkpoint.link.workers.iter();
        let members: Vec<Member> = workers.map(|worker| worker.member.clone()).collect();
        Ok(Some(Lead {
            runtime,
            nats,
            stores,
            members,
            options,
            leadership,
            taken: Taken {
                checkpoint,
                age,
                at: Instant::now(),
            },
        }))
    }
}

/// What was asked of the server; none where that failed, which is tried again: a server may be about to elect a leader.
fn unless_failed<T>(asked: Result<T, ClusterError>) -> Result<Option<T>, ClusterError> {
    match asked {
        Ok(answer) => Ok(Some(answer)),
        Err(why @ ClusterError::Failed { .. }) => {
            tracing::debug!("{why}; it is tried again");
            Ok(None)
        }
        Err(why) => Err(why),
    }
}

/// The lease of a run that nobody leads and that is not over.
async fn take(
    nats: &Nats,
    stores: &Stores,
    options: &Options,
    names: &Names,
) -> Result<Option<Lease>, ClusterError> {
    if lease::holder(nats, stores, names).await?.is_some() {
        return Ok(None);
    }
    let Some(epoch) = lease::last_epoch(nats, &stores.state, names).await? else {
        return Ok(None);
    };
    let leader = lease::leader(&names.0, &options.host, epoch + 1);
    match Lease::take(nats, stores, leader, options.clock).await {
        Ok(lease) => Ok(Some(lease)),
        // Another standby was quicker.
        Err(ClusterError::Led { .. }) => Ok(None),
        Err(why) => Err(why),
    }
}

/// The run that is meant; none where it has not begun.
async fn named(nats: &Nats, stores: &Stores, run: &str) -> Result<Option<String>, ClusterError> {
    if !run.is_empty() {
        return Ok(Some(run.to_owned()));
    }
    let keys = nats.ask("runs", stores.leases.keys()).await?;
    let keys: Vec<String> = nats.ask("runs", keys.try_collect()).await?;
    let run = |key: &String| {
        let rest = key.strip_prefix("run.")?;
        rest.strip_suffix(".leader").map(str::to_owned)
    };
    let mut runs: Vec<String> = keys.iter().filter_map(run).collect();
    runs.sort();
    // A key that is written while they are listed may come twice.
    runs.dedup();
    match runs.len() {
        0 | 1 => Ok(runs.pop()),
        _ => Err(ClusterError::WhichRun(runs.join(", "))),
    }
}

/// What the first coordinator of a run left of it for others.
async fn record(
    nats: &Nats,
    stores: &Stores,
    names: &Names,
) -> Result<Option<RunRecord>, ClusterError> {
    let Some(found) = latest(nats, &stores.state, &names.record()).await? else {
        return Ok(None);
    };
    let unread = |why| ClusterError::failed("the record of the run cannot be read", why);
    wire::decode(&found.value).map(Some).map_err(unread)
}
