//! A thread and a runtime of its own: a scrape takes milliseconds, which no shard has.

use std::future::Future;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread;

use super::config::Config;
use super::state::AppState;
use super::{connections, router};
use crate::view::Views;
use crate::web::control::Access;
use crate::web::history::History;
use crate::web::logs::{self, Logs};
use crate::web::scripts::Scripts;
use crate::web::sse::Feed;

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

/// Answers on `listener` from the latest view, by this configuration, until `stop` is ready.
pub fn serve(
    listener: TcpListener,
    views: Views,
    config: Config,
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
    let limits = config.limits;
    let feed = Arc::new(Feed::new(Arc::clone(&config.secrets)));
    let (followed, failing) = (views.clone(), views.clone());
    let log = config.log.clone();
    let state = AppState {
        views,
        access: Access::new(config.control, limits, address.ip()),
        scripts: Scripts::new(config.scripts, Arc::clone(&config.secrets)),
        logs: Logs::new(config.log, Arc::clone(&config.secrets)),
        history: History::new(config.history),
        secrets: config.secrets,
        feed: Arc::clone(&feed),
        bound: address,
    };
    let router = router::router(state);
    let thread = thread::Builder::new()
        .name("web".to_owned())
        .spawn(move || {
            runtime.block_on(async {
                tokio::spawn(async move { feed.follow(followed).await });
                tokio::spawn(logs::follow_failures(failing, log));
                connections::serve(listener, router, limits, stop).await;
            });
        })
        .map_err(Error::Thread)?;
    Ok(Server { address, thread })
}
