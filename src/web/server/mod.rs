//! One listener and what it answers.

mod config;
pub(super) mod connections;
pub(super) mod guard;
mod page;
mod response_headers;
pub(super) mod router;
pub(super) mod state;

pub use config::{Limits, Rules};
