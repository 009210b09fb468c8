//! TODO: what comes in, what goes out, what it must never know.

pub mod canary;
pub mod releases;
pub mod rollout;
pub mod saved_file;
pub mod settings_file;
