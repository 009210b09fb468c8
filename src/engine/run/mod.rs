//! TODO: what comes in, what goes out, what it must never know.

pub mod canary_commands;
pub mod clock;
pub mod commands;
pub mod finish;
pub mod orchestrator;
pub mod protection;
pub mod reload;
pub mod setup_teardown;
pub mod shutdown;
pub mod shutdown_deadlines;
pub mod state;
