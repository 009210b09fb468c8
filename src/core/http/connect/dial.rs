//! A new connection: whether it is allowed, lookup, TCP to one of the addresses, a proxy's tunnel, TLS.

use std::cell::Cell;
use std::net::IpAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, timeout};

use super::connection_limit::{ConnectionLimit, ConnectionPermit};
use super::dns::Dns;
use super::http_version::HttpVersion;
use super::io::{Io, Open};
use super::proxy::Proxy;
use super::reach::{Entry, Reach};
use super::{happy_eyeballs, tls};
use crate::http::message::Origin;
use crate::http::message::{ErrorKind, HttpError};
use crate::http::message::{Phase, Progress};

/// A new connection.
pub(crate) struct Connected {
    pub io: Io,
    /// Whether it speaks HTTP/2.
    pub http2: bool,
    /// How long its own TCP handshake took, and that of a tunnel: about a round trip to the target.
    pub handshake: Duration,
}

/// Opens the connections of one shard.
#[derive(Debug)]
pub(crate) struct Connector {
    options: Options,
    dns: Dns,
    limit: Rc<ConnectionLimit>,
    open: Rc<Cell<usize>>,
}

/// How connections are made, the same for a whole run.
#[derive(Debug)]
pub(crate) struct Options {
    pub timeout: Duration,
    pub http_version: HttpVersion,
    pub reach: Reach,
    pub proxy: Option<Arc<Proxy>>,
    /// With session tickets of this shard's own.
    pub tls: tls::Config,
}

impl Connector {
    pub fn new(options: Options, dns: Dns) -> Self {
        Self {
            options,
            dns,
            limit: Rc::default(),
            open: Rc::default(),
        }
    }

    /// Connections that are open now, idle ones included.
    pub fn open_connections(&self) -> usize {
        self.open.get()
    }

    /// The limit on open connections.
    pub fn limit(&self) -> &Rc<ConnectionLimit> {
        &self.limit
    }

    pub fn proxy(&self) -> Option<&Proxy> {
        self.options.proxy.as_deref()
    }

    /// Whether a request to `origin` is allowed, where no name is looked up for it.
    ///
    /// # Errors
    /// As [`connect`](Self::connect) for a place that is not allowed.
    pub fn permits(&self, origin: &Origin) -> Result<(), HttpError> {
        self.options.reach.through_proxy(origin)
    }

    /// Whether a connection to `origin` speaks HTTP/2 without negotiation; a proxy for plain requests does not.
    pub fn prior_knowledge(&self, origin: &Origin) -> bool {
        self.options.http_version == HttpVersion::Http2PriorKnowledge
            && (origin.is_https() || self.proxy().is_none())
    }

    /// Connects to `origin`, or to its proxy, within the connect timeout, once the connection limit permits it.
    pub async fn connect(
        &self,
        origin: &Origin,
        progress: &Progress,
    ) -> Result<Connected, HttpError> {
        let permit = self.limit.take(progress).await;
        let limit = self.options.timeout;
        timeout(limit, self.open(origin, progress, permit))
            .await
            .unwrap_or_else(|_| Err(too_late(limit, progress.phase())))
    }

    async fn open(
        &self,
        origin: &Origin,
        progress: &Progress,
        permit: Option<ConnectionPermit>,
    ) -> Result<Connected, HttpError> {
        let proxy = self.proxy();
        let peer = proxy.map_or(origin, |proxy| &proxy.origin);
        let addresses = self.allowed(origin, progress).await?;
        progress.enter(Phase::Connect);
        let (mut stream, handshake) = happy_eyeballs::connect(&self.dns, &addresses, peer).await?;
        let open = Open::new(&self.open, permit);
        if !origin.is_https() {
            return Ok(Connected {
                io: Io::tcp(stream, open),
                http2: self.prior_knowledge(origin),
                handshake,
            });
        }
        let asked = Instant::now();
        if let Some(proxy) = proxy {
            proxy.tunnel(&mut stream, origin).await?;
        }
        let handshake = handshake + asked.elapsed();
        progress.enter(Phase::Tls);
        let stream = self.options.tls.connect(stream, origin).await?;
        let http2 = tls::is_http2(&stream) || self.prior_knowledge(origin);
        Ok(Connected {
            io: Io::tls(Box::new(stream), open),
            http2,
            handshake,
        })
    }

    /// The allowed addresses of the peer, in the order to try.
    async fn allowed(
        &self,
        origin: &Origin,
        progress: &Progress,
    ) -> Result<Vec<IpAddr>, HttpError> {
        let bounds = &self.options.reach;
        let (peer, entry) = match self.proxy() {
            // The proxy is an option of the run, which scripts cannot change.
            Some(proxy) => {
                bounds.through_proxy(origin)?;
                (&proxy.origin, Entry::Open)
            }
            None => (origin, bounds.entry(origin)?),
        };
        progress.enter(Phase::Dns);
        match self.dns.addresses(peer).await {
            Ok(addresses) => bounds.admit(peer, entry, addresses),
            Err(fault) => Err(bounds.unknown(peer, entry, fault)),
        }
    }
}

fn too_late(limit: Duration, phase: Phase) -> HttpError {
    HttpError::new(
        ErrorKind::Timeout,
        format!("no connection within {limit:?}: {}", phase.as_str()),
    )
}
