//! The Lua host: script folders, the contract of a script, the sandbox, users at work against real servers.

mod bundle;
mod contract;
mod coroutines;
mod errors;
mod loading;
mod runaway;
mod sandbox;
mod state;
mod support;
