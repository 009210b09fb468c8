//! The HTTP client that generates the load.
//!
//! In: [`Settings`] once for a run, a [`Transport`] for a shard, a [`Client`] for a user, a [`Request`] for a hop.
//! Out: a [`Response`] or a [`Failure`], each with the time of every phase and the bytes of both directions.
//! It must never know Lua, metrics or the plan. All except the settings belongs to one thread; HTTP/2 needs a `LocalSet`.
//!
//! Each wing uses those after it: `client` (send), `pool` (reuse), `connect` (dial), `h2` and `h1` (the two codecs),
//! `message` (plain data). A connection of HTTP/1.1 has no task of its own: its codec is polled by the caller.

mod client;
mod connect;
#[doc(hidden)]
pub mod fuzz_api;
mod h1;
mod h2;
mod message;
mod pool;

pub use client::{Answering, Responder, Simulated, SimulatedFault, SimulatedResponse};
pub use client::{
    Client, DEFAULT_BODY_LIMIT, DEFAULT_CONNECT_TIMEOUT, DEFAULT_CONNECTIONS_PER_USER,
    DEFAULT_REQUEST_TIMEOUT, Departures, Gate, LoadedSettings, Settings, SettingsError, Transport,
    probe,
};
pub use connect::tls::{TlsError, TlsSettings};
pub use connect::{
    Allowed, ConnectionLimit, HttpVersion, Lookup, NotAllowed, ProxyError, Reach, Resolve,
};
pub use http::{Method, Version};
pub use message::redirect;
pub use message::{
    Cookie, CookieError, ErrorKind, Failure, Headers, InvalidHeader, Jar, NewCookie, Origin,
    OriginError, Phase, Progress, Request, Response, Scheme, Timings, retry_after,
};
