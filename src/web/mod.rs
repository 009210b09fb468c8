//! The listener of a run.
//!
//! Comes in: a bound socket, the snapshots as they are made, and a stop.
//! Goes out: `GET /metrics` for Prometheus, `GET /healthz`, and a line at `/`.
//! Must never know: Lua, the client's side of HTTP, how the run is made.
//!
//! It has a thread and a runtime of its own: a scrape takes milliseconds, which no shard has.

mod pages;

use std::future::Future;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use tokio::sync::watch;

use crate::metrics::Snapshot;

/// How long a request that is being answered may go on after the stop.
const GRACE: Duration = Duration::from_secs(1);

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

/// Answers on `listener` from the latest snapshot until `stop` is ready.
pub fn serve(
    listener: TcpListener,
    snapshots: watch::Receiver<Arc<Snapshot>>,
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
    let thread = thread::Builder::new()
        .name("web".to_owned())
        .spawn(move || runtime.block_on(answer(listener, snapshots, stop)))
        .map_err(Error::Thread)?;
    Ok(Server { address, thread })
}

async fn answer(
    listener: tokio::net::TcpListener,
    snapshots: watch::Receiver<Arc<Snapshot>>,
    stop: impl Future<Output = ()> + Send + 'static,
) {
    let (stopped, mut stopping) = watch::channel(false);
    let served =
        axum::serve(listener, pages::router(snapshots)).with_graceful_shutdown(async move {
            stop.await;
            stopped.send_replace(true);
        });
    let late = async move {
        // An error means that the server is gone, and then there is nothing to wait for.
        let _ = stopping.wait_for(|stopped| *stopped).await;
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        ended = served => if let Err(error) = ended {
            tracing::error!(%error, "the web listener failed");
        },
        () = late => {}
    }
}
