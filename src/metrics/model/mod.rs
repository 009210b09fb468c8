//! TODO: what comes in, what goes out, what it must never know.

pub mod batch;
pub mod check;
pub mod custom;
pub mod failure;
pub mod generator;
pub mod interval;
pub mod pairs;
pub mod phases;
pub mod protection;
pub mod reload_status;
pub mod sample;
pub mod script_error;
pub mod series;
pub mod session;
pub mod snapshot;
pub mod status;
pub mod stop_reason;
pub mod totals;
pub mod version;
