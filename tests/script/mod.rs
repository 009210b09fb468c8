//! The Lua host: script folders, the contract of a script, the sandbox, users at work against real servers.

mod answers;
mod bundle;
mod contract;
mod coroutines;
mod determinism;
mod errors;
mod jar;
mod ledger;
mod loading;
mod measures;
mod mishaps;
mod moving;
mod multipart;
mod redirects;
mod reload;
mod renewal;
mod requests;
mod retries;
mod runaway;
mod sandbox;
mod secrets;
mod state;
pub mod support;
mod together;
mod tokens;
mod turns;
