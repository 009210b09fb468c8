//! TODO: what comes in, what goes out, what it must never know.

pub mod connection_limit;
pub mod dial;
pub mod dns;
pub mod happy_eyeballs;
pub mod io;
pub mod proxy;
pub mod reach;
pub mod tls;
