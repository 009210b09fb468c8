//! The Lua VM around a script, without anything of the API.
//! In: a fresh Lua state, calls on behalf of a user. Out: what they returned, within their time and memory.
//! Never knows the tables that scripts call, types of users, or where sources are kept.

pub mod callbacks;
pub mod compile;
pub mod cpu_budget;
pub mod data_view;
mod execution;
pub mod headroom;
pub mod line_hook;
pub mod memory;
pub mod natives;
pub mod place;
pub mod protected_call;
pub mod read_only;
pub mod sandbox;
pub mod scope;
