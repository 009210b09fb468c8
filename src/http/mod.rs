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
//! shard's users share, `connection_limit` how many connections there may be.

mod client;
mod connect;
#[doc(hidden)]
pub mod fuzz_api;
mod h1;
mod h2;
mod message;
mod pool;

pub use client::probe::probe;
pub use client::settings::{
    DEFAULT_BODY_LIMIT, DEFAULT_CONNECT_TIMEOUT, DEFAULT_CONNECTIONS_PER_USER,
    DEFAULT_REQUEST_TIMEOUT, HttpVersion, LoadedSettings, Lookup, Resolve, Settings, SettingsError,
};
pub use client::transport::Transport;
pub use client::user_client::{Client, Gate};
pub use connect::connection_limit::ConnectionLimit;
pub use connect::proxy::ProxyError;
pub use connect::reach::{Allowed, NotAllowed, Reach};
pub use connect::tls::TlsError;
pub use http::{Method, Version};
pub use message::cookies::{Cookie, Jar, NewCookie, Refusal};
pub use message::failure::{ErrorKind, Failure};
pub use message::headers::{Headers, InvalidHeader};
pub use message::origin::{Origin, OriginError, Scheme};
pub use message::progress::{Phase, Progress};
pub use message::redirect;
pub use message::request::Request;
pub use message::response::Response;
pub use message::retry_after::retry_after;
pub use message::timings::Timings;
