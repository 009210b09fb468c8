//! The listener of a run.
//!
//! Comes in: a bound socket, the views of the run, a configuration (the way to the run and the token for it, what
//! must not be shown, how much clients may take), and a stop.
//! Goes out: `GET /metrics` for Prometheus, `GET /healthz`, the live page at `/`, the control API, the page's feed and the log at
//! `/api/v1`, and the commands that it was given.
//! Must never know: Lua, the client's side of HTTP, how the run is made.

pub mod api;
mod auth;
mod connection_activity;
mod control;
mod history;
mod inspect;
mod limits;
pub mod logs;
mod problem;
mod request_body;
pub mod scripts;
mod server;
mod sse;
mod unmasked;

pub use auth::{CODE_LIFETIME, OneTimeCode, Token};
pub use control::{COMMAND_TIMEOUT, Control};
pub use limits::Limits;
pub use server::{Config, Error, Server, serve};
