//! throng simulates users of an HTTP API: each type of user is a Lua script, each user a coroutine of it.
//!
//! The rooms, from the ground up; each may use those below it only (`docs/architecture.md`):
//! [`clock`], [`http`], [`ledger`], [`markup`], [`metrics`], [`openapi`], [`pace`], [`project`], [`random`], [`run_log`],
//! [`secrets`], [`session_trace`], [`spool`], [`text`]; [`import`], [`kubernetes`], [`plan`]; [`history`], [`request`], [`view`]; [`page`], [`script`]; [`engine`], [`report`]; [`cluster`], [`output`], [`web`]; [`cli`]; [`app`].

pub mod app;
pub mod cli;
pub mod clock;
pub mod cluster;
pub mod engine;
pub mod history;
pub mod http;
pub mod import;
pub mod kubernetes;
pub mod ledger;
pub mod markup;
pub mod metrics;
pub mod openapi;
pub mod output;
pub mod pace;
pub mod page;
pub mod plan;
pub mod project;
pub mod random;
pub mod report;
pub mod request;
pub mod run_log;
pub mod script;
pub mod secrets;
pub mod session_trace;
pub mod spool;
pub mod text;
pub mod view;
pub mod web;
