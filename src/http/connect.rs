//! A new connection: whether it is allowed, lookup, TCP to one of the addresses, a proxy's tunnel, TLS.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};

use super::failure::{ErrorKind, Fault, shortage};
use super::io::{Io, Open};
use super::origin::Origin;
use super::progress::{Phase, Progress};
use super::reach::Entry;
use super::seats::Seat;
use super::tls;
use super::transport::Transport;

/// A connection, and whether HTTP/2 is to be spoken on it.
pub(crate) struct Connected {
    pub io: Io,
    pub http2: bool,
}

/// Connects to `origin`, or to the proxy for it, within the connect timeout, once there may be one more connection.
pub(crate) async fn connect(
    transport: &Transport,
    origin: &Origin,
    progress: &Progress,
) -> Result<Connected, Fault> {
    let seat = transport.seats().take(progress).await;
    let limit = transport.settings().connect_timeout;
    let deadline = Instant::now() + limit;
    timeout_at(deadline, open(transport, origin, progress, deadline, seat))
        .await
        .unwrap_or_else(|_| Err(too_late(limit, progress.phase())))
}

fn too_late(limit: Duration, phase: Phase) -> Fault {
    Fault::new(
        ErrorKind::Timeout,
        format!("no connection within {limit:?}: {}", phase.as_str()),
    )
}

async fn open(
    transport: &Transport,
    origin: &Origin,
    progress: &Progress,
    deadline: Instant,
    seat: Option<Seat>,
) -> Result<Connected, Fault> {
    let proxy = transport.proxy();
    let peer = proxy.map_or(origin, |proxy| &proxy.origin);
    let addresses = allowed(transport, origin, progress).await?;
    progress.enter(Phase::Connect);
    let mut stream = knock(transport, &addresses, peer, deadline).await?;
    let open = Open::new(transport.open(), seat);
    if !origin.is_https() {
        return Ok(Connected {
            io: Io::tcp(stream, open),
            http2: transport.prior_knowledge(origin),
        });
    }
    if let Some(proxy) = proxy {
        proxy.tunnel(&mut stream, origin).await?;
    }
    progress.enter(Phase::Tls);
    let stream = transport.tls().connect(stream, origin).await?;
    let http2 = tls::is_http2(&stream) || transport.prior_knowledge(origin);
    Ok(Connected {
        io: Io::tls(Box::new(stream), open),
        http2,
    })
}

/// The addresses of the peer that may be connected to, in the order to try.
async fn allowed(
    transport: &Transport,
    origin: &Origin,
    progress: &Progress,
) -> Result<Vec<IpAddr>, Fault> {
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

/// Tries one address after the other; each may use its share of the time, so that one that swallows
/// packets does not take the others' turn.
async fn knock(
    transport: &Transport,
    addresses: &[IpAddr],
    peer: &Origin,
    deadline: Instant,
) -> Result<TcpStream, Fault> {
    let mut last = Fault::new(ErrorKind::Dns, "the host has no address");
    for (tried, &address) in addresses.iter().enumerate() {
        let now = Instant::now();
        let left = u32::try_from(addresses.len() - tried).unwrap_or(1);
        let share = deadline.saturating_duration_since(now) / left;
        match timeout_at(
            now + share,
            TcpStream::connect(SocketAddr::new(address, peer.port())),
        )
        .await
        {
            Ok(Ok(stream)) => {
                if addresses.len() > 1 {
                    transport.dns().prefer(peer.host(), address);
                }
                // A request is one write: there is nothing to wait for.
                stream
                    .set_nodelay(true)
                    .map_err(|error| Fault::lost(&error))?;
                return Ok(stream);
            }
            Ok(Err(error)) => last = unconnected(&error, address),
            Err(_) => {
                last = Fault::new(
                    ErrorKind::Timeout,
                    format!("no connection to {address} within {share:?}: connecting"),
                );
            }
        }
    }
    Err(last)
}

fn unconnected(error: &io::Error, address: IpAddr) -> Fault {
    match shortage(error) {
        Some(hint) => Fault::new(
            ErrorKind::Generator,
            format!("cannot connect to {address}: {error} ({hint})"),
        ),
        None => Fault::unconnected(error, address),
    }
}
