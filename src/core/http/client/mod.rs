//! One user's client: connection, timeout, cookies, and retries after a stale connection.
//!
//! In: the settings of a run, the transport of a shard, the requests of a user. Out: responses and failures, one hop each.
//! It must never know scripts, sessions or retries of failed requests.

mod departures;
mod probe;
mod responder;
mod settings;
mod simulated;
mod transport;
mod user_client;

pub use departures::Departures;
pub use probe::probe;
pub use responder::{Answering, Responder, Simulated, SimulatedFault, SimulatedResponse};
pub use settings::{
    DEFAULT_BODY_LIMIT, DEFAULT_CONNECT_TIMEOUT, DEFAULT_CONNECTIONS_PER_USER,
    DEFAULT_REQUEST_TIMEOUT, LoadedSettings, Settings, SettingsError,
};
pub use transport::Transport;
pub use user_client::{Client, Gate};
