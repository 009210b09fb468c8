//! Every test of throng in one binary: a module for each room, and one for the tree itself.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on fails"
)]

#[path = "layers/mod.rs"]
mod architecture;
mod authoring;
mod behaviours;
mod cli;
mod cluster;
mod command;
mod documents;
mod dry_run;
mod engine;
mod formatting;
mod fuzz;
mod history;
mod http;
mod import;
mod ledger;
mod markup;
mod metrics;
mod mock;
mod outputs;
mod pace;
mod plan;
mod report;
mod request;
mod robustness;
mod script;
mod script_api;
mod script_tests;
mod secrets;
mod support;
mod text;
mod view;
mod web;
