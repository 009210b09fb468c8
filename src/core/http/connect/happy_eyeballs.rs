//! TCP to one of a host's addresses (RFC 8305): further ones are tried concurrently with those that do not respond,
//! the first that connects is used, and the others are closed.

use std::future::{Future, poll_fn};
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::{Instant, sleep};

use super::dns::Dns;
use crate::http::message::Origin;
use crate::http::message::{ErrorKind, HttpError};

/// Delay before the next address is tried too (RFC 8305, 5: Connection Attempt Delay).
const ATTEMPT_DELAY: Duration = Duration::from_millis(250);

/// A connection, and how long its handshake took.
type Reached = Result<(TcpStream, Duration), HttpError>;

/// A connection attempt to one address; dropping it closes the socket.
struct Attempt {
    to: IpAddr,
    connecting: Pin<Box<dyn Future<Output = Reached>>>,
}

/// Connects to one of `addresses`, at the port of `peer`; all of them may be connected to.
///
/// # Errors
/// The error of the last attempt, once all have failed. There is no timeout here: the caller has a deadline.
pub(crate) async fn connect(dns: &Dns, addresses: &[IpAddr], peer: &Origin) -> Reached {
    if let [only] = addresses {
        return attempt(SocketAddr::new(*only, peer.port())).await;
    }
    let mut untried = dns.order(peer.host(), addresses).into_iter();
    let mut running: Vec<Attempt> = Vec::new();
    let mut last = HttpError::new(ErrorKind::Dns, "the host has no address");
    loop {
        if let Some(to) = untried.next() {
            let connecting = Box::pin(attempt(SocketAddr::new(to, peer.port())));
            running.push(Attempt { to, connecting });
        } else if running.is_empty() {
            return Err(last);
        }
        tokio::select! {
            (to, ended) = first(&mut running) => match ended {
                Ok(reached) => {
                    let beaten: Vec<IpAddr> = running.iter().map(|other| other.to).collect();
                    dns.answered(peer.host(), to, &beaten);
                    return Ok(reached);
                }
                Err(fault) => last = fault,
            },
            () = sleep(ATTEMPT_DELAY), if untried.len() > 0 => {}
        }
    }
}

async fn attempt(address: SocketAddr) -> Reached {
    let began = Instant::now();
    let stream = TcpStream::connect(address)
        .await
        .map_err(|error| HttpError::unconnected(&error, address.ip()))?;
    let took = began.elapsed();
    // A request is one write, so Nagle's algorithm would only delay it.
    stream
        .set_nodelay(true)
        .map_err(|error| HttpError::lost(&error))?;
    Ok((stream, took))
}

/// Waits for the first attempt to end and removes it.
async fn first(running: &mut Vec<Attempt>) -> (IpAddr, Reached) {
    poll_fn(|cx| {
        for at in 0..running.len() {
            if let Poll::Ready(ended) = running[at].connecting.as_mut().poll(cx) {
                return Poll::Ready((running.swap_remove(at).to, ended));
            }
        }
        Poll::Pending
    })
    .await
}
