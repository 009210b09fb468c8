//! TODO: what comes in, what goes out, what it must never know.

pub mod dial;
pub mod dns;
pub mod happy_eyeballs;
pub mod io;
pub mod proxy;
pub mod reach;
pub mod scratch;
pub mod tls;
