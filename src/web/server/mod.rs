//! The listener, its connections and its paths.
//!
//! In: a bound socket, the views of the run, a configuration and a stop. Out: what is answered at each path.
//! Must never know: what a command does, and how the run is made.

mod config;
mod connections;
mod guard;
mod listener;
mod page;
mod response_headers;
mod router;
mod state;

pub use config::Config;
pub use listener::{Error, Server, serve};
