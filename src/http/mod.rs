//! throng's own HTTP client: the load path.
//!
//! In: [`Settings`] once for a run, a [`Transport`] for a shard, a [`Client`] for a user, a [`Request`] for a hop.
//! Out: a [`Response`] or a [`Failure`], each with the time of every phase and the bytes of both directions.
//! It must never know Lua, metrics or the plan. Everything here but the settings belongs to one thread, and a
//! connection of HTTP/1.1 has no task of its own: its codec is polled by whoever waits for the answer. HTTP/2 has one,
//! so a shard needs a `LocalSet` (or a local runtime) around its users.
//!
//! From the outside in: `client` sends, over a connection from `pool` or a new one from `connect`
//! (`reach`, `dns`, `happy_eyeballs`, `proxy`, `tls`, all bytes through `io`), by `h1` or `h2`; `transport` is what a
//! shard's users share, `seats` how many connections there may be.

mod client;
mod connect;
mod cookies;
mod decode;
mod dns;
#[doc(hidden)]
pub mod door;
mod failure;
mod h1;
mod h2;
mod happy_eyeballs;
mod headers;
mod io;
mod origin;
mod pool;
mod probe;
mod progress;
mod proxy;
mod reach;
pub mod redirect;
mod request;
mod response;
mod retry_after;
mod scratch;
mod seats;
mod settings;
mod timings;
mod tls;
mod transport;

pub use client::{Client, Gate};
pub use cookies::{Cookie, Jar, NewCookie, Refusal};
pub use failure::{ErrorKind, Failure};
pub use headers::{Headers, InvalidHeader};
pub use http::{Method, Version};
pub use origin::{Origin, OriginError, Scheme};
pub use probe::probe;
pub use progress::{Phase, Progress};
pub use proxy::ProxyError;
pub use reach::{Allowed, NotAllowed, Reach};
pub use request::Request;
pub use response::Response;
pub use retry_after::retry_after;
pub use seats::Seats;
pub use settings::{
    DEFAULT_BODY_LIMIT, DEFAULT_CONNECT_TIMEOUT, DEFAULT_CONNECTIONS_PER_USER,
    DEFAULT_REQUEST_TIMEOUT, HttpVersion, Loaded, Lookup, Resolve, Settings, SettingsError,
};
pub use timings::Timings;
pub use tls::TlsError;
pub use transport::Transport;
