//! TODO: what comes in, what goes out, what it must never know.

pub mod probe;
pub mod settings;
pub mod transport;
pub mod user_client;
