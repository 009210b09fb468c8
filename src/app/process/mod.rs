//! This process.

pub mod clock;
pub mod exit;
pub mod open_files;
pub mod output;
pub mod panics;
pub mod signals;
pub mod version;
