//! throng simulates users of an HTTP API: each type of user is a Lua script, each user a coroutine of it.
//!
//! The rooms, from the ground up; each may use those below it only (`docs/architecture.md`):
//! [`clock`], [`http`], [`ledger`], [`markup`], [`metrics`], [`openapi`], [`pace`], [`project`], [`random`], [`run_log`],
//! [`secrets`], [`session_trace`], [`spool`], [`text`]; [`import`], [`kubernetes`], [`plan`]; [`history`], [`request`],
//! [`view`]; [`page`], [`script`]; [`engine`], [`report`]; [`cluster`], [`output`], [`web`]; [`cli`]; [`app`].
//!
//! Those that a request of a user goes through, and what these use, are in a crate of their own, `throng-core`.

pub use throng_core::{
    clock, engine, http, ledger, markup, metrics, openapi, pace, plan, random, request, script,
    secrets, session_trace, spool, text, view,
};

pub use throng_cluster as cluster;
pub use throng_import as import;
pub use throng_project as project;

pub mod app;
pub mod cli;
pub mod history;
pub mod kubernetes;
pub mod output;
pub mod page;
pub mod report;
pub mod run_log;
pub mod web;
