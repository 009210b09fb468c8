//! New connections: whether one is allowed, lookup, TCP, a proxy's tunnel, TLS.
//!
//! In: an origin, and how a run connects. Out: the bytes of a connection, counted while it is open, or why there is none.
//! It must never know users, requests or which connections are reused.

mod connection_limit;
mod dial;
mod dns;
mod happy_eyeballs;
mod http_version;
mod io;
mod proxy;
mod reach;
pub mod tls;

pub use connection_limit::ConnectionLimit;
pub(crate) use connection_limit::IdleConnections;
pub(crate) use dial::{Connected, Connector, Options};
pub(crate) use dns::Dns;
pub use dns::{Lookup, Resolve};
pub use http_version::HttpVersion;
pub(crate) use io::Io;
pub(crate) use proxy::Proxy;
pub use proxy::ProxyError;
pub use reach::{Allowed, NotAllowed, Reach};
