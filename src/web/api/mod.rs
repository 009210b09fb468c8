//! The control API: a run as JSON, and its commands. `docs/control-api.md` describes it.
//!
//! In: requests, and the latest view of the run. Out: JSON; commands to the run, each with its answer.
//! Must never know: the page, files, and which paths there are.

mod commands;
mod incident;
mod read;
mod session;
mod settings;

pub use super::control::CommandResult;
pub use super::problem::{ErrorBody, Fault, Problem};
pub use super::request_body::BODY_LIMIT;
pub use crate::page::data::{
    Arrivals, OfType, Percentiles, Rates, Run, Users, UsersOfType, Version, Versions,
};
pub(super) use commands::{incident, pause, promote, reload, resume, rollback, set, stop};
pub(super) use read::{failures, openapi, run, versions};
pub(super) use session::session;

/// Where the API begins.
pub const ROOT: &str = "/api/v1";
