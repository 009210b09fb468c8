//! A shard: one thread with its part of the users, their sessions, VMs and connections.
//!
//! In: a config, a roster, orders. Out: reports. It must never know the run that it is part of, other shards, or why an
//! order was given.

mod active_users;
mod assignment;
mod event_loop;
mod health;
mod migrate;
mod panic_report;
mod quarantined_types;
pub mod quota_keeper;
mod reporter;
mod session;
mod session_quota;
mod state;
pub mod thread;
mod user;
mod vm_pool;
