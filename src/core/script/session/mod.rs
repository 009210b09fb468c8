//! Calls of a script for one user after the other: sessions, moves to another version, and the setup of the run.
//! In: a VM and a user. Out: how each call ended.
//! Never knows how many users there are, or when a session begins.

pub mod crowd_script;
pub mod evaluate;
pub mod migrate_state;
mod recollection;
mod recording;
pub mod script_user;
mod show;
pub mod state;
mod step_timer;
