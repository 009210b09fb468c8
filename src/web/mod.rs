//! The listener of a run.
//!
//! Comes in: a bound socket, the snapshots as they are made, the rules (the way to the run and the token for it, what must
//! not be told, how much peers may take), and a stop.
//! Goes out: `GET /metrics` for Prometheus, `GET /healthz`, the live page at `/`, the control API and the page's feed at `/api/v1`,
//! and the commands that it was given.
//! Must never know: Lua, the client's side of HTTP, how the run is made.
//!
//! It has a thread and a runtime of its own: a scrape takes milliseconds, which no shard has.

pub mod api;
mod auth;
mod control;
mod problem;
mod request_body;
pub mod scripts;
mod server;
mod sse;

use std::future::Future;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread;

use tokio::sync::watch;

use crate::metrics::Snapshot;
use auth::Tries;
use server::state::Site;
use server::{connections, router};
use sse::Feed;

pub use auth::Token;
pub use control::{Control, PATIENCE};
pub use server::{Limits, Rules};

/// What may go wrong before the first request.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the listener of /metrics cannot be used: {0}")]
    Listener(#[source] std::io::Error),
    #[error("the thread of the web listener cannot be started: {0}")]
    Thread(#[source] std::io::Error),
}

/// A web listener at work.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    thread: thread::JoinHandle<()>,
}

impl Server {
    /// Where it listens, with the port that it really has.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Waits until it has ended, which it does at most a second after its stop.
    pub fn join(self) {
        if self.thread.join().is_err() {
            tracing::error!("the web listener ended by a panic");
        }
    }
}

/// Answers on `listener` from the latest snapshot, by these rules, until `stop` is ready.
pub fn serve(
    listener: TcpListener,
    snapshots: watch::Receiver<Arc<Snapshot>>,
    rules: Rules,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<Server, Error> {
    listener.set_nonblocking(true).map_err(Error::Listener)?;
    let address = listener.local_addr().map_err(Error::Listener)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Error::Thread)?;
    let listener = {
        let _entered = runtime.enter();
        tokio::net::TcpListener::from_std(listener).map_err(Error::Listener)?
    };
    let limits = rules.limits;
    let feed = Arc::new(Feed::new(Arc::clone(&rules.secrets)));
    let told = snapshots.clone();
    let site = Site {
        snapshots,
        feed: Arc::clone(&feed),
        control: rules.control,
        secrets: rules.secrets,
        shelf: rules.shelf.map(Arc::new),
        tries: Arc::new(Tries::new(limits)),
        bound: address,
    };
    let router = router::router(site);
    let thread = thread::Builder::new()
        .name("web".to_owned())
        .spawn(move || {
            runtime.block_on(async {
                tokio::spawn(async move { feed.follow(told).await });
                connections::serve(listener, router, limits, stop).await;
            });
        })
        .map_err(Error::Thread)?;
    Ok(Server { address, thread })
}
