//! Connections: how many, how long, and their end.

use std::future::Future;
use std::io;
use std::net::IpAddr;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::extract::{Request, State};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::{Extension, Router};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, watch};
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::config::Limits;

/// How long a request that is being answered may go on after the stop.
const GRACE: Duration = Duration::from_secs(1);

/// How long nobody is let in when the system gives no connection: it has no descriptors left.
const SHORTAGE: Duration = Duration::from_millis(100);

/// Who asks.
#[derive(Clone, Copy, Debug)]
pub(in crate::web) struct Peer(pub IpAddr);

/// One connection as the others see it.
struct Open {
    pulse: Arc<Pulse>,
    handle: AbortHandle,
}

/// Answers everyone until `stop` is ready.
pub(in crate::web) async fn serve(
    listener: TcpListener,
    router: Router,
    limits: Limits,
    stop: impl Future<Output = ()>,
) {
    let (stopped, stopping) = watch::channel(false);
    let mut conversations = JoinSet::new();
    let mut open: Vec<Open> = Vec::new();
    let mut stop = pin!(stop);
    loop {
        let accepted = tokio::select! {
            () = &mut stop => break,
            Some(_) = conversations.join_next(), if !conversations.is_empty() => continue,
            accepted = listener.accept() => accepted,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(why) if is_of_the_peer(&why) => continue,
            Err(why) => {
                tracing::warn!("the web listener gets no connection: {why}");
                sleep(SHORTAGE).await;
                continue;
            }
        };
        open.retain(|one| !one.handle.is_finished());
        if open.len() >= limits.connections && !close_quietest(&mut open) {
            // All of them are being answered: this one is too many.
            continue;
        }
        let pulse = Arc::new(Pulse::new());
        let router = router
            .clone()
            .layer(middleware::from_fn_with_state(Arc::clone(&pulse), beat))
            .layer(Extension(Arc::clone(&pulse)))
            .layer(Extension(Peer(peer.ip())));
        let conversation = converse(stream, router, limits, Arc::clone(&pulse), stopping.clone());
        let handle = conversations.spawn(conversation);
        open.push(Open { pulse, handle });
    }
    drop(listener);
    stopped.send_replace(true);
    let all = async { while conversations.join_next().await.is_some() {} };
    // What has not ended by then is cut when the set goes.
    let _ = timeout(GRACE, all).await;
}

async fn converse(
    stream: TcpStream,
    router: Router,
    limits: Limits,
    pulse: Arc<Pulse>,
    mut stopping: watch::Receiver<bool>,
) {
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head_time)
        .max_buf_size(limits.head_bytes)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    let mut connection = pin!(connection);
    let mut told = false;
    loop {
        tokio::select! {
            // An error is the peer's, who knows.
            _ = connection.as_mut() => return,
            () = pulse.given_up() => return,
            _ = stopping.wait_for(|stopped| *stopped), if !told => {
                told = true;
                connection.as_mut().graceful_shutdown();
            }
            () = sleep_until(pulse.quiet_until(limits.quiet_time)) => {
                if pulse.quiet_until(limits.quiet_time) <= Instant::now() {
                    return;
                }
            }
        }
    }
}

/// Makes room; whether there was someone who is not being answered.
fn close_quietest(open: &mut Vec<Open>) -> bool {
    let quiet = open.iter().enumerate();
    let quiet = quiet.filter_map(|(at, one)| Some((one.pulse.quiet_since()?, at)));
    match quiet.min() {
        Some((_, at)) => {
            open.swap_remove(at).handle.abort();
            true
        }
        None => false,
    }
}

/// Whether it is about one connection that went before it was let in.
fn is_of_the_peer(why: &io::Error) -> bool {
    matches!(
        why.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::Interrupted
    )
}

/// Whether a connection is being answered, and since when it is not.
pub(in crate::web) struct Pulse {
    answering: Mutex<(usize, Instant)>,
    /// Nobody reads what is sent here.
    given_up: Notify,
}

impl Pulse {
    fn new() -> Self {
        Self {
            answering: Mutex::new((0, Instant::now())),
            given_up: Notify::new(),
        }
    }

    fn quiet_since(&self) -> Option<Instant> {
        self.with(|(answering, since)| (*answering == 0).then_some(*since))
    }

    /// When it will have been quiet for so long; while it is answered: later.
    fn quiet_until(&self, long: Duration) -> Instant {
        self.quiet_since().unwrap_or_else(Instant::now) + long
    }

    /// Closes the connection: its peer does not read.
    pub fn give_up(&self) {
        self.given_up.notify_one();
    }

    async fn given_up(&self) {
        self.given_up.notified().await;
    }

    /// Only the thread of the web takes it.
    fn with<T>(&self, look: impl FnOnce(&mut (usize, Instant)) -> T) -> T {
        look(
            &mut self
                .answering
                .lock()
                .unwrap_or_else(PoisonError::into_inner),
        )
    }
}

/// A request under way; it may end by being dropped.
pub(in crate::web) struct Answering(Arc<Pulse>);

impl Answering {
    pub fn begin(pulse: &Arc<Pulse>) -> Self {
        pulse.with(|pulse| pulse.0 += 1);
        Self(Arc::clone(pulse))
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        self.0.with(|pulse| *pulse = (pulse.0 - 1, Instant::now()));
    }
}

async fn beat(State(pulse): State<Arc<Pulse>>, request: Request, next: Next) -> Response {
    let _answering = Answering::begin(&pulse);
    next.run(request).await
}
