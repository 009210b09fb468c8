//! throng fills an HTTP API with users: each type of user is a Lua script, each user a coroutine of it.
//!
//! The rooms by floor, lowest first; each may use only lower ones (`docs/architecture.md`, and a test that says so):
//! `http` (one request, one outcome), `metrics` (samples into numbers), [`pace`] (when is the next one);
//! [`plan`] (what will run), `script` (the Lua side); `engine` (who runs when), `report` (numbers into words);
//! `web` (what can be watched over HTTP); [`cli`] (words typed into a plan); `app` (all of it put together).

pub mod cli;
pub mod pace;
pub mod plan;
