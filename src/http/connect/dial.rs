//! A new connection: whether it is allowed, lookup, TCP to one of the addresses, a proxy's tunnel, TLS.

use std::io;
use std::net::IpAddr;
use std::time::Duration;

use tokio::time::{Instant, timeout};

use super::connection_limit::ConnectionPermit;
use super::io::{Io, Open};
use super::reach::Entry;
use super::{happy_eyeballs, tls};
use crate::http::client::transport::Transport;
use crate::http::message::failure::{ErrorKind, HttpError, shortage};
use crate::http::message::origin::Origin;
use crate::http::message::progress::{Phase, Progress};

/// A new connection.
pub(crate) struct Connected {
    pub io: Io,
    /// Whether HTTP/2 is to be spoken on it.
    pub http2: bool,
    /// How long its own TCP handshake took, and that of a tunnel: about a round trip to the target.
    pub handshake: Duration,
}

/// Connects to `origin`, or to the proxy for it, within the connect timeout, once there may be one more connection.
pub(crate) async fn connect(
    transport: &Transport,
    origin: &Origin,
    progress: &Progress,
) -> Result<Connected, HttpError> {
    let permit = transport.connection_limit().take(progress).await;
    let limit = transport.settings().connect_timeout;
    timeout(limit, open(transport, origin, progress, permit))
        .await
        .unwrap_or_else(|_| Err(too_late(limit, progress.phase())))
}

fn too_late(limit: Duration, phase: Phase) -> HttpError {
    HttpError::new(
        ErrorKind::Timeout,
        format!("no connection within {limit:?}: {}", phase.as_str()),
    )
}

async fn open(
    transport: &Transport,
    origin: &Origin,
    progress: &Progress,
    permit: Option<ConnectionPermit>,
) -> Result<Connected, HttpError> {
    let proxy = transport.proxy();
    let peer = proxy.map_or(origin, |proxy| &proxy.origin);
    let addresses = allowed(transport, origin, progress).await?;
    progress.enter(Phase::Connect);
    let (mut stream, handshake) =
        happy_eyeballs::connect(transport.dns(), &addresses, peer).await?;
    let open = Open::new(transport.open(), permit);
    if !origin.is_https() {
        return Ok(Connected {
            io: Io::tcp(stream, open),
            http2: transport.prior_knowledge(origin),
            handshake,
        });
    }
    let asked = Instant::now();
    if let Some(proxy) = proxy {
        proxy.tunnel(&mut stream, origin).await?;
    }
    let handshake = handshake + asked.elapsed();
    progress.enter(Phase::Tls);
    let stream = transport.tls().connect(stream, origin).await?;
    let http2 = tls::is_http2(&stream) || transport.prior_knowledge(origin);
    Ok(Connected {
        io: Io::tls(Box::new(stream), open),
        http2,
        handshake,
    })
}

/// The addresses of the peer that may be connected to, in the order to try.
async fn allowed(
    transport: &Transport,
    origin: &Origin,
    progress: &Progress,
) -> Result<Vec<IpAddr>, HttpError> {
    let bounds = &transport.settings().reach;
    let (peer, entry) = match transport.proxy() {
        // Whoever starts a run names its proxy, and no script does.
        Some(proxy) => {
            bounds.through_proxy(origin)?;
            (&proxy.origin, Entry::Open)
        }
        None => (origin, bounds.entry(origin)?),
    };
    progress.enter(Phase::Dns);
    match transport.dns().addresses(peer).await {
        Ok(addresses) => bounds.admit(peer, entry, addresses),
        Err(fault) => Err(bounds.unknown(peer, entry, fault)),
    }
}

pub(crate) fn unconnected(error: &io::Error, address: IpAddr) -> HttpError {
    match shortage(error) {
        Some(hint) => HttpError::new(
            ErrorKind::Generator,
            format!("cannot connect to {address}: {error} ({hint})"),
        ),
        None => HttpError::unconnected(error, address),
    }
}
