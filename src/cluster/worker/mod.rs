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
mod outbox;
mod place;
mod recovery;
mod reporter;
mod serve;
mod sources;

use super::error::ClusterError;
use super::nats::{Nats, Server, Stores};
use host::Stop;
use options::AGAIN;

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
        let inbox = options.index.map(|index| format!("_INBOX_w{index}"));
        let nats = Nats::connect(server, &name, inbox.as_deref()).await?;
        Ok(Self { nats, options })
    }

    /// Takes part in one run after the other, until `stop`.
    ///
    /// # Errors
    /// When the server does not allow it; in a worker that ends after one run, also what ended that.
    pub async fn run(&self, host: &dyn Host, mut stop: Stop<'_>) -> Result<(), ClusterError> {
        let Some(stores) = self.stores(&mut stop).await? else {
            return Ok(());
        };
        let mut passed = Vec::new();
        loop {
            recovery::send_what_was_left(&self.nats, &stores, &self.options, &mut stop).await?;
            tracing::info!("worker {} waits for a run", self.options.name);
            let placed = place::wait(&self.nats, &stores, &self.options, &mut passed);
            let placed = tokio::select! {
                placed = placed => placed?,
                () = &mut stop => return Ok(()),
            };
            tracing::info!(
                "worker {} has place {} of run {}",
                self.options.name,
                placed.index,
                placed.names.0
            );
            let served = serve::serve(&self.nats, &stores, &self.options, &placed, host, &mut stop);
            match served.await {
                Ok(serve::Served::Over) if self.options.once => return Ok(()),
                Ok(serve::Served::Over) => {
                    tracing::info!("run {} is over", placed.names.0);
                }
                Ok(serve::Served::Stopped) => return Ok(()),
                Err(denied @ ClusterError::Denied(_)) => return Err(denied),
                Err(why) if self.options.once => return Err(why),
                Err(why) => tracing::error!("{why}"),
            }
        }
    }

    /// The buckets and streams, once some coordinator has made them; none where it is stopped.
    async fn stores(&self, stop: &mut Stop<'_>) -> Result<Option<Stores>, ClusterError> {
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
                () = &mut *stop => return Ok(None),
            }
        }
    }
}
