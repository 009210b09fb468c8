//! From a call to its sample: what a request passes before it leaves, its hops and retries, the token of its user, the
//! ledger and the outcome.
//!
//! In: a call as plain data, and who sends it. Out: its reply, and one sample for each request on the wire. Must never know:
//! Lua, scripts, shards.

pub mod admission;
pub mod attempt;
pub mod auth;
pub mod creation;
pub mod endpoint_name;
pub mod entity_id;
pub mod masking;
pub mod path_segment;
mod path_template;
pub mod permit;
pub mod pipeline;
pub mod renewal;
pub mod reply;
pub mod request_log;
pub mod run_clock;
pub mod shutdown;
