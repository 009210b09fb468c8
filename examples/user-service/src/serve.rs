//! From a listening socket to answers: connections, the count of each request, the weather, and the end.

use std::future::Future;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, Response};
use axum::response::IntoResponse;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::access_log::AccessLog;
use crate::count::{Count, UNMATCHED};
use crate::error::Refusal;
use crate::faults::{Fate, Weather};
use crate::routes;
use crate::state::AppState;

/// How long requests under way may take to end once the service is told to stop.
pub const GRACE: Duration = Duration::from_secs(5);
/// Rest after a failed accept: no file descriptors left heals with time only.
const ACCEPT_REST: Duration = Duration::from_millis(50);

/// The weather closed this connection.
#[derive(Debug, thiserror::Error)]
#[error("closed without an answer")]
struct Closed;

/// Answers connections until `shutdown` is done, then lets requests under way end within [`GRACE`].
pub async fn serve(listener: TcpListener, state: AppState, shutdown: impl Future<Output = ()>) {
    let front = Front::new(state);
    let (stop, stopped) = watch::channel(false);
    let mut connections = JoinSet::new();
    let mut shutdown = pin!(shutdown);
    loop {
        tokio::select! {
            () = &mut shutdown => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    connections.spawn(connection(stream, peer, front.clone(), stopped.clone()));
                }
                Err(error) => {
                    tracing::warn!(%error, "accept");
                    tokio::time::sleep(ACCEPT_REST).await;
                }
            },
            Some(_) = connections.join_next() => {}
        }
    }
    drop(listener);
    // Nobody listening is fine: then there is no connection to tell.
    let _ = stop.send(true);
    let all_done = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(GRACE, all_done).await.is_err() {
        connections.shutdown().await;
    }
}

async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    front: Front,
    mut stopped: watch::Receiver<bool>,
) {
    // Answers are written in one piece; waiting to fill a segment would only add delay.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "nodelay");
    }
    let service = service_fn(move |request| front.answer(request, peer));
    let mut served = pin!(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    let ended = tokio::select! {
        result = served.as_mut() => Some(result),
        // The sender speaks once, to say stop, or is gone, which means the same.
        _ = stopped.changed() => None,
    };
    let result = match ended {
        Some(result) => result,
        None => {
            served.as_mut().graceful_shutdown();
            served.await
        }
    };
    if let Err(error) = result {
        tracing::debug!(%error, %peer, "connection");
    }
}

/// What stands before the router on every connection.
#[derive(Clone)]
struct Front {
    router: TowerToHyperService<Router>,
    templates: Arc<matchit::Router<Arc<str>>>,
    unmatched: Arc<str>,
    state: AppState,
}

impl Front {
    fn new(state: AppState) -> Self {
        let router = TowerToHyperService::new(routes::router(state.clone()));
        Self {
            router,
            templates: Arc::new(routes::templates()),
            unmatched: UNMATCHED.into(),
            state,
        }
    }

    /// Not an async function: the count must exist from the moment hyper hands the request over, even when the
    /// connection dies before the answer is first polled.
    fn answer(
        &self,
        mut request: Request<Incoming>,
        peer: SocketAddr,
    ) -> impl Future<Output = Result<Response<Body>, Closed>> + use<> {
        let endpoint = self
            .templates
            .at(request.uri().path())
            .map_or(&self.unmatched, |route| route.value);
        let count = Count::begin(
            self.state.metrics.clone(),
            request.method(),
            Arc::clone(endpoint),
        );
        let faults = &self.state.faults;
        let under_way = faults.begin();
        let weather = faults.next(count.method(), count.endpoint(), &under_way);
        let access = AccessLog::begin(&request);
        request.extensions_mut().insert(ConnectInfo(peer));
        let router = self.router.clone();
        async move {
            let _under_way = under_way;
            if let Some(Weather { delay, fate }) = weather {
                tokio::time::sleep(delay).await;
                match fate {
                    Fate::Served => {}
                    Fate::Failed(status) => {
                        access.answered(count.endpoint(), status);
                        count.answered(status);
                        return Ok(Refusal::storm(status).into_response());
                    }
                    Fate::Refused => {
                        let refusal = Refusal::overloaded();
                        access.answered(count.endpoint(), refusal.status());
                        count.answered(refusal.status());
                        return Ok(refusal.into_response());
                    }
                    Fate::Dropped => {
                        count.dropped();
                        return Err(Closed);
                    }
                }
            }
            let response = match router.call(request).await {
                Ok(response) => response,
                Err(never) => match never {},
            };
            access.answered(count.endpoint(), response.status());
            count.answered(response.status());
            Ok(response)
        }
    }
}
