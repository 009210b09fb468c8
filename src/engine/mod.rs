//! Who runs when: the orchestrator, its shards, their users. In: a plan, a bundle, commands; out: snapshots and a verdict.
//!
//! Never knows terminals, files or web pages.

mod breakers;
mod brief;
mod canary;
mod cleaner;
mod cleanup;
mod control;
mod course;
mod crowd_user;
mod deletion;
mod drain;
mod edits;
mod ending;
mod finding;
mod fleet;
mod floor;
mod gait;
mod guarding;
mod ledger_watch;
mod logins;
mod migration;
mod moving;
mod needed;
mod notices;
mod orchestrator;
mod pauses;
mod permits;
mod quotas;
mod reloading;
mod repertoire;
mod roster;
mod session;
mod setting;
mod shard;
mod sick;
mod sparing;
mod standing;
mod steering;
mod stopping;
mod strain;
mod trying;
mod user;
mod valve;
mod watchman;

pub use breakers::{Board, Deed};
pub use brief::Brief;
pub use cleaner::{Headway, Leftover, MOST_LISTED};
pub use cleanup::Cleanup;
pub use control::{Answer, By, Command, Done, Refused};
pub use drain::Timetable;
pub use orchestrator::{Ended, Orchestrator, StartError, Verdict};
pub use strain::{Change as LevelChange, Strain};
pub use valve::Valve;
