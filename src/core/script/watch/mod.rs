//! From a save to a reload event: reads the script folders again whenever they change, and checks what it read.
//! In: folders, hints of the system, questions. Out: each new state of the folders, accepted or with all its faults.
//! Never knows who takes the events, or what becomes of them.

pub mod change_detector;
pub mod command_channel;
pub mod debounce;
pub mod folder_watch;
pub mod loader;
pub mod publisher;
pub mod reload_event;
pub mod settings;
pub mod watcher;
pub mod worker;
