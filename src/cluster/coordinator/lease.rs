//! The lease of who leads a run: one coordinator has it, renews it, and acts only while that is sure.

use std::time::Duration;

use async_nats::jetstream::kv::{self, CreateErrorKind, UpdateErrorKind};
use tokio::sync::watch;

use crate::clock::Clock;
use crate::cluster::error::ClusterError;
use crate::cluster::nats::{Nats, Stores, latest};
use crate::cluster::records::{Leader, Names, PROTOCOL};
use crate::cluster::time_of_day::boot_time;
use crate::cluster::{failure_detector, wire};

/// How often it is looked whether it is sure again who leads.
const LOOK: Duration = Duration::from_millis(100);

/// The lease of a run, which this process has.
pub struct Lease {
    nats: Nats,
    leases: kv::Store,
    state: kv::Store,
    names: Names,
    pub leader: Leader,
    revision: u64,
    clock: Clock,
    say: watch::Sender<Standing>,
}

/// Whether this process leads the run.
#[derive(Clone, Debug, Default)]
struct Standing {
    /// When the renewal was sent that succeeded last, by the machine's [`boot_time`].
    renewed: Duration,
    /// Who leads it instead.
    superseded_by: Option<String>,
}

/// Tells whether this process leads the run.
#[derive(Clone)]
pub struct Leadership {
    standing: watch::Receiver<Standing>,
    clock: Clock,
    run: String,
    pub epoch: u64,
}

/// Who has the lease of a run, and the revision of its record; none where nobody has it. Whoever has it is asked for on the
/// server that leads the bucket, as others may not know yet.
///
/// # Errors
/// When the server does not answer, or does not allow it.
pub async fn holder(
    nats: &Nats,
    stores: &Stores,
    names: &Names,
) -> Result<Option<(Leader, u64)>, ClusterError> {
    let Some(found) = latest(nats, &stores.leases, &names.leader()).await? else {
        return Ok(None);
    };
    let unread = |why| ClusterError::failed("the lease of the run cannot be read", why);
    let leader = wire::decode(&found.value).map_err(unread)?;
    Ok(Some((leader, found.revision)))
}

/// The epoch of who led a run last; none where the run is over.
///
/// # Errors
/// As of [`holder`].
pub async fn last_epoch(
    nats: &Nats,
    state: &kv::Store,
    names: &Names,
) -> Result<Option<u64>, ClusterError> {
    let found = latest(nats, state, &names.epoch()).await?;
    Ok(found.and_then(|found| wire::decode(&found.value).ok()))
}

impl Lease {
    /// Takes the lease of a run that nobody leads.
    ///
    /// # Errors
    /// When somebody leads it, or the server does not allow it.
    pub async fn take(
        nats: &Nats,
        stores: &Stores,
        leader: Leader,
        clock: Clock,
    ) -> Result<Self, ClusterError> {
        let names = Names(leader.run.clone());
        let sent = boot_time();
        let body = bytes(&leader)?;
        let mut is_taken = false;
        let created = async {
            let created = stores.leases.create(names.leader(), body).await;
            created.inspect_err(|why| is_taken = why.kind() == CreateErrorKind::AlreadyExists)
        };
        let revision = match nats.ask("lease of the run", created).await {
            Ok(revision) => revision,
            Err(why) if !is_taken => return Err(why),
            Err(why) => match holder(nats, stores, &names).await? {
                // The answer to an attempt before was lost.
                Some((by, revision)) if by.incarnation == leader.incarnation => revision,
                Some((by, _)) => {
                    return Err(ClusterError::Led {
                        run: by.run,
                        host: by.host,
                        pid: by.pid,
                    });
                }
                None => return Err(why),
            },
        };
        let lease = Self {
            nats: nats.clone(),
            leases: stores.leases.clone(),
            state: stores.state.clone(),
            names,
            leader,
            revision,
            clock,
            say: watch::Sender::new(Standing {
                renewed: sent,
                superseded_by: None,
            }),
        };
        lease.note_epoch().await?;
        Ok(lease)
    }

    /// Tells whether it is held.
    pub fn leadership(&self) -> Leadership {
        Leadership {
            standing: self.say.subscribe(),
            clock: self.clock,
            run: self.leader.run.clone(),
            epoch: self.leader.epoch,
        }
    }

    /// Renews it until another coordinator leads the run.
    pub async fn keep(mut self) {
        let period = self.clock.real_span(failure_detector::RENEW);
        let mut ticks = tokio::time::interval(period);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            let sent = boot_time();
            match tokio::time::timeout(period, self.renew()).await {
                Ok(Ok(None)) => self.say.send_modify(|standing| standing.renewed = sent),
                Ok(Ok(Some(by))) => {
                    let standing = |standing: &mut Standing| standing.superseded_by = Some(by);
                    self.say.send_modify(standing);
                    return;
                }
                Ok(Err(why)) => tracing::debug!("{why}; it is tried again"),
                Err(_) => tracing::debug!("NATS: lease of the run: no answer yet"),
            }
        }
    }

    /// Renews it; who leads the run instead, if somebody does.
    async fn renew(&mut self) -> Result<Option<String>, ClusterError> {
        let mut is_other = false;
        let update = async {
            let body = bytes(&self.leader).map_err(|why| why.to_string())?;
            let key = self.names.leader();
            let updated = self.leases.update(key, body, self.revision).await;
            updated.map_err(|why| {
                is_other = why.kind() == UpdateErrorKind::WrongLastRevision;
                why.to_string()
            })
        };
        match self.nats.ask("lease of the run", update).await {
            Ok(revision) => {
                self.revision = revision;
                Ok(None)
            }
            Err(why) if !is_other => Err(why),
            Err(_) => self.take_again().await,
        }
    }

    /// The record is another, or gone: takes the lease again where nobody has had it since.
    async fn take_again(&mut self) -> Result<Option<String>, ClusterError> {
        let key = self.names.leader();
        if let Some(found) = latest(&self.nats, &self.leases, &key).await? {
            let unread = |why| ClusterError::failed("the lease of the run cannot be read", why);
            let by: Leader = wire::decode(&found.value).map_err(unread)?;
            if by.incarnation != self.leader.incarnation {
                return Ok(Some(format!(
                    "on {} (process {}, epoch {})",
                    by.host, by.pid, by.epoch
                )));
            }
            let body = bytes(&self.leader)?;
            let update = self.leases.update(key, body, found.revision);
            self.revision = self.nats.ask("lease of the run", update).await?;
            return Ok(None);
        }
        let last = last_epoch(&self.nats, &self.state, &self.names).await?;
        if last.is_none_or(|last| last > self.leader.epoch) {
            return Ok(Some("of another coordinator, which is gone".to_owned()));
        }
        let create = self.leases.create(key, bytes(&self.leader)?);
        self.revision = self.nats.ask("lease of the run", create).await?;
        Ok(None)
    }

    /// Leaves a note of this epoch that outlives the lease.
    async fn note_epoch(&self) -> Result<(), ClusterError> {
        let body = wire::encode(&self.leader.epoch);
        let body = body.map_err(|why| ClusterError::failed("epoch", why))?;
        let put = self.state.put(self.names.epoch(), body.into());
        self.nats.ask("epoch", put).await.map(drop)
    }
}

impl Leadership {
    /// Whether this process leads the run: for some time after the last renewal nobody else can.
    pub fn is_held(&self) -> bool {
        let standing = self.standing.borrow();
        let age = boot_time().saturating_sub(standing.renewed);
        standing.superseded_by.is_none() && self.clock.span_of_real(age) < failure_detector::LEADS
    }

    /// Waits until it is sure that this process leads the run.
    pub async fn held(&self) {
        while !self.is_held() {
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Waits until another coordinator leads the run.
    pub async fn superseded(&mut self) -> ClusterError {
        let is_superseded = |standing: &Standing| standing.superseded_by.is_some();
        let by = match self.standing.wait_for(is_superseded).await {
            Ok(standing) => standing.superseded_by.clone().unwrap_or_default(),
            // Nobody renews it any more: the run is over.
            Err(_) => std::future::pending().await,
        };
        ClusterError::Superseded {
            run: self.run.clone(),
            by,
        }
    }
}

fn bytes(leader: &Leader) -> Result<bytes::Bytes, ClusterError> {
    let body = wire::encode(leader).map_err(|why| ClusterError::failed("lease", why))?;
    Ok(body.into())
}

/// This process as the leader of a run.
pub fn leader(run: &str, host: &str, epoch: u64) -> Leader {
    Leader {
        v: PROTOCOL,
        run: run.to_owned(),
        epoch,
        host: host.to_owned(),
        pid: std::process::id(),
        incarnation: uuid::Uuid::new_v4().simple().to_string(),
    }
}

/// The lease of a run that is over, or does not begin, is free at once.
pub async fn release(stores: &Stores, names: &Names) {
    let _ = stores.state.purge(names.epoch()).await;
    let _ = stores.leases.purge(names.leader()).await;
}
