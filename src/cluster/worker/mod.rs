//! The side of a worker: it waits for runs that call for workers, takes a place, and has the shards of that place.
//!
//! In: a server, how many threads it has, who prepares a run on this machine ([`Host`]). Out: users at work, until the run is
//! over; then it waits for the next. It must never know how a run is led.

mod at_work;
mod cleanup;
mod departures;
mod fence;
mod host;
mod leader;
mod leaving;
mod liveness;
mod options;
mod orders;
mod outbox;
mod place;
mod recovery;
mod reporter;
mod roll_call;
mod serve;
mod sources;

use std::time::Duration;

use tokio::time::Instant;

use super::error::ClusterError;
use super::nats::{Nats, Server, Stores};
use host::Stop;
use options::AGAIN;
use roll_call::RollCall;

pub use host::{Host, Prepared};
pub use options::WorkerOptions;

/// A worker.
pub struct Worker {
    nats: Nats,
    options: WorkerOptions,
}

impl Worker {
    /// Connects.
    ///
    /// # Errors
    /// When the server cannot be reached, or refuses this user.
    pub async fn connect(server: &Server, options: WorkerOptions) -> Result<Self, ClusterError> {
        let name = format!("throng worker {}", options.name);
        let inbox = options.index.map(inbox);
        let nats = Nats::connect(server, &name, inbox.as_deref()).await?;
        Ok(Self { nats, options })
    }

    /// Takes part in one run after the other, until `stop`.
    ///
    /// # Errors
    /// When the server does not allow it; in a worker that ends after one run, also what ended that.
    pub async fn run(&self, host: &dyn Host, stop: Stop<'_>) -> Result<(), ClusterError> {
        let done = self.take_part(host, stop).await;
        done.map_err(|why| match (why, self.options.index) {
            // Answers go to subjects of its place.
            (ClusterError::Denied(why), Some(index)) if why.contains(&inbox(index)) => {
                ClusterError::OtherPlace { index, why }
            }
            (why, _) => why,
        })
    }

    async fn take_part(&self, host: &dyn Host, mut stop: Stop<'_>) -> Result<(), ClusterError> {
        let mut began = Instant::now();
        let roll_call = RollCall::open(&self.nats, &self.options).await?;
        let Some(stores) = self.stores(began, &mut stop).await? else {
            return self.stopped();
        };
        let mut passed = Vec::new();
        loop {
            let left = recovery::send_what_was_left(&self.nats, &stores, &self.options, &mut stop);
            if !left.await? {
                return self.stopped();
            }
            tracing::info!("worker {} waits for a run", self.options.name);
            let placed = place::wait(&self.nats, &stores, &self.options, &mut passed);
            let placed = tokio::select! {
                placed = placed => placed?,
                expelled = self.nats.expelled() => return Err(expelled),
                none = no_run(self.options.wait, began) => return Err(none),
                () = &mut stop => return self.stopped(),
            };
            tracing::info!(
                "worker {} has place {} of run {}",
                self.options.name,
                placed.index,
                placed.names.0
            );
            roll_call.says(Some(placed.work()));
            let served = serve::serve(&self.nats, &stores, &self.options, &placed, host, &mut stop);
            let served = served.await;
            roll_call.says(None);
            began = Instant::now();
            match served {
                Ok(serve::Served::Over) if self.options.once => return Ok(()),
                Ok(serve::Served::Over) => {
                    tracing::info!("run {} is over", placed.names.0);
                }
                Ok(serve::Served::Stopped) => return Ok(()),
                Ok(serve::Served::Replaced) => return self.stopped(),
                Err(denied @ ClusterError::Denied(_)) => return Err(denied),
                Err(why) if self.options.once => return Err(why),
                Err(why) => tracing::error!("{why}"),
            }
        }
    }

    /// It ends by a signal before a run is over. The pod of a Job must not have succeeded then, or its place is left empty.
    fn stopped(&self) -> Result<(), ClusterError> {
        match self.options.index {
            Some(index) if self.options.once => Err(ClusterError::Terminated { index }),
            _ => Ok(()),
        }
    }

    /// The buckets and streams, once some coordinator has made them; none where it is stopped.
    async fn stores(
        &self,
        began: Instant,
        stop: &mut Stop<'_>,
    ) -> Result<Option<Stores>, ClusterError> {
        let mut is_said = false;
        loop {
            match Stores::find(&self.nats).await {
                Ok(stores) => return Ok(Some(stores)),
                Err(denied @ ClusterError::Denied(_)) => return Err(denied),
                Err(why) if !is_said => {
                    tracing::debug!("{why}; waiting until a run has made it");
                    is_said = true;
                }
                Err(_) => {}
            }
            tokio::select! {
                () = tokio::time::sleep(AGAIN) => {}
                expelled = self.nats.expelled() => return Err(expelled),
                none = no_run(self.options.wait, began) => return Err(none),
                () = &mut *stop => return Ok(None),
            }
        }
    }
}

/// Where the answers go that the worker of this place gets: the server may allow them to that one alone.
fn inbox(index: usize) -> String {
    format!("_INBOX_w{index}")
}

/// Once it has waited for so long.
async fn no_run(wait: Option<Duration>, began: Instant) -> ClusterError {
    match wait {
        Some(wait) => {
            tokio::time::sleep_until(began + wait).await;
            ClusterError::NoRun(wait.as_secs())
        }
        None => std::future::pending().await,
    }
}
