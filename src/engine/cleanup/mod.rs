//! TODO: what comes in, what goes out, what it must never know.

pub mod credentials;
pub mod delete;
pub mod dependencies;
pub mod find;
pub mod gait;
pub mod past_run;
pub mod runner;
pub mod system_user;

/// Said of what was not reached in time.
const OVER: &str = "the time for clean-up was over";
