//! TODO: what comes in, what goes out, what it must never know.

pub mod canary_commands;
pub mod commands;
pub mod finish;
pub mod orchestrator;
pub mod pause;
pub mod protection;
pub mod reload;
pub mod saved_file;
pub mod setup_teardown;
pub mod shutdown;
pub mod shutdown_deadlines;
pub mod state;
pub mod warnings;
