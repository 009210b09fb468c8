//! TODO: what comes in, what goes out, what it must never know.

pub mod cpu_budget;
pub mod fair_share;
pub mod natives;
pub mod protected_call;
pub mod read_only;
pub mod sandbox;
