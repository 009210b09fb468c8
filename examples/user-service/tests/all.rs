//! One binary for all integration tests of the user service: a module for each room, each test with a service of its
//! own on a free port, spoken to over real HTTP.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

mod abandoned;
mod assignments;
mod auth;
mod common;
mod concurrency;
mod document;
mod embedding;
mod faults;
mod limits;
mod lists;
mod memory;
mod metrics;
mod passwords;
mod permissions;
mod profiles;
mod roles;
mod system;
mod users;
