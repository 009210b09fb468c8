//! TODO: what comes in, what goes out, what it must never know.

pub mod aggregator;
pub mod cpu;
pub mod history;
pub mod version_view;
