//! A simulated user, and the one on whose behalf Lua runs just now.
//! In: its number, its type, its shard. Out: what its calls need of it: connections, tokens, streams, answers.
//! Never knows Lua's VM, its script, or when its sessions begin.

pub mod context;
pub mod documents;
pub mod identity;
pub mod journeys;
pub mod person;
