//! The user service: the demo target of throng. A JSON API of 42 operations with real storage (SQLite), real password
//! hashes (argon2), real tokens (JWT) and the metrics of a service in production.
//!
//! In reading order: [`Options`] -> [`AppState`] -> [`serve`] -> [`router`] (operations) -> [`store`], beside
//! them [`memory`] (the same without a network, for rehearsals), `auth` (who is asking), `count` (each request once),
//! `faults` (bad weather), `limits`, `metrics`, `openapi`.
//!
//! ```no_run
//! # fn main() -> anyhow::Result<()> {
//! let options = user_service::Options { listen: ([127, 0, 0, 1], 0).into(), ..Default::default() };
//! let running = user_service::spawn(options)?; // a thread with a runtime of its own
//! println!("http://{}", running.address);
//! running.stop();
//! # Ok(())
//! # }
//! ```

mod access_log;
pub mod auth;
mod client;
mod clock;
mod count;
mod error;
mod faults;
mod limits;
pub mod memory;
mod metrics;
mod openapi;
mod options;
mod routes;
pub mod rules;
mod serve;
mod service;
mod state;
pub mod store;
mod validate;

pub use clock::Clock;
pub use faults::Mood;
pub use options::{
    DEFAULT_ADMIN_EMAIL, DEFAULT_ADMIN_PASSWORD, DEFAULT_LISTEN, Database, OptionFault, Options,
};
pub use routes::{document, router};
pub use serve::serve;
pub use service::{Running, Service, run, spawn, start};
pub use state::AppState;
