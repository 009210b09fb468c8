//! Connections: how many, how long, and their end.

use std::future::Future;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::{Extension, Router};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::{Instant, sleep, sleep_until, timeout};

use crate::web::auth::Client;
use crate::web::connection_activity::{ActiveRequest, Activity};
use crate::web::limits::Limits;

/// How long a request that is being answered may go on after the stop.
const SHUTDOWN_GRACE: Duration = Duration::from_secs(1);

/// How long to wait before the next connection is accepted when the system gives none: it has no descriptors left.
const ACCEPT_RETRY: Duration = Duration::from_millis(100);

/// One connection as the others see it.
struct Open {
    activity: Arc<Activity>,
    handle: AbortHandle,
}

/// Answers everyone until `stop` is ready.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    limits: Limits,
    stop: impl Future<Output = ()>,
) {
    let (stopped, stopping) = watch::channel(false);
    let mut tasks = JoinSet::new();
    let mut open: Vec<Open> = Vec::new();
    let mut stop = pin!(stop);
    loop {
        let accepted = tokio::select! {
            () = &mut stop => break,
            Some(_) = tasks.join_next(), if !tasks.is_empty() => continue,
            accepted = listener.accept() => accepted,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(why) if is_of_one_connection(&why) => continue,
            Err(why) => {
                tracing::warn!("the web listener cannot accept a connection: {why}");
                sleep(ACCEPT_RETRY).await;
                continue;
            }
        };
        open.retain(|one| !one.handle.is_finished());
        if open.len() >= limits.connections && !close_idlest(&mut open) {
            // All of them are being answered: this one is too many.
            continue;
        }
        let activity = Arc::new(Activity::new());
        let router = router
            .clone()
            .layer(middleware::from_fn_with_state(Arc::clone(&activity), track))
            .layer(Extension(Arc::clone(&activity)))
            .layer(Extension(Client(peer.ip())));
        let task = handle(
            stream,
            router,
            limits,
            Arc::clone(&activity),
            stopping.clone(),
        );
        let handle = tasks.spawn(task);
        open.push(Open { activity, handle });
    }
    drop(listener);
    stopped.send_replace(true);
    let all = async { while tasks.join_next().await.is_some() {} };
    // What has not ended by then is aborted when the set is dropped.
    let _ = timeout(SHUTDOWN_GRACE, all).await;
}

async fn handle(
    stream: TcpStream,
    router: Router,
    limits: Limits,
    activity: Arc<Activity>,
    mut stopping: watch::Receiver<bool>,
) {
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header_timeout)
        .max_buf_size(limits.header_bytes)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    let mut connection = pin!(connection);
    let mut shutting_down = false;
    loop {
        tokio::select! {
            // An error is of this client, which sees it too.
            _ = connection.as_mut() => return,
            () = activity.stalled() => return,
            _ = stopping.wait_for(|stopped| *stopped), if !shutting_down => {
                shutting_down = true;
                connection.as_mut().graceful_shutdown();
            }
            () = sleep_until(activity.idle_until(limits.idle_timeout)) => {
                if activity.idle_until(limits.idle_timeout) <= Instant::now() {
                    return;
                }
            }
        }
    }
}

/// Closes the connection that has been idle for the longest time; whether there was one.
fn close_idlest(open: &mut Vec<Open>) -> bool {
    let idle = open.iter().enumerate();
    let idle = idle.filter_map(|(at, one)| Some((one.activity.idle_since()?, at)));
    match idle.min() {
        Some((_, at)) => {
            open.swap_remove(at).handle.abort();
            true
        }
        None => false,
    }
}

/// Whether it is about one connection that was closed before it was accepted.
fn is_of_one_connection(why: &io::Error) -> bool {
    matches!(
        why.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::Interrupted
    )
}

async fn track(State(activity): State<Arc<Activity>>, request: Request, next: Next) -> Response {
    let _active = ActiveRequest::begin(&activity);
    next.run(request).await
}
