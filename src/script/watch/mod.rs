//! TODO: what comes in, what goes out, what it must never know.

pub mod change_detector;
pub mod debounce;
pub mod loader;
pub mod publisher;
pub mod reload_event;
pub mod watcher;
pub mod worker;
