//! A shard: one thread with its part of the users, their sessions, VMs and connections.
//!
//! In: a config, a roster, orders. Out: reports. It must never know the run that it is part of, other shards, or why an
//! order was given.

mod active_users;
mod arrival_schedule;
pub(super) mod arrival_walk;
mod arrivals;
mod assignment;
mod away;
mod event_loop;
mod health;
pub mod in_process;
mod migrate;
mod next_step;
mod outlook;
mod panic_report;
mod people;
mod places;
mod present;
mod quarantined_types;
pub mod quota_keeper;
mod reporter;
mod residents;
mod session;
mod session_end;
pub mod session_quota;
mod session_streams;
mod state;
pub mod step_thread;
mod stop;
mod stops;
pub mod thread;
mod user;
mod visit;
mod vm_pool;
