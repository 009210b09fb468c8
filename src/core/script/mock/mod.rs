//! Answers without a network: a Lua file with a table of routes, or the demo service in memory, which plays the server of a
//! run, a dry run or a test.
//! In: the file, the requests of a thread. Out: answers with their latencies, faults of connections; messages on the file's mistakes.
//! Never knows who asks for what purpose, shards, or what becomes of an answer.

mod answer;
mod demo;
mod file;
mod latency;
mod lines;
mod randomness;
mod request_table;
mod route;
mod server;
mod source;
mod table;

pub(crate) use demo::DemoService;
pub use file::MockFile;
pub(crate) use randomness::lend;
pub(crate) use route::fault as route_fault;
pub use server::MockServer;
pub(crate) use server::{OwnStream, host_globals, own_stream};
pub use source::Mock;
