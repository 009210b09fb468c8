//! Runs on several workers, which a real NATS server connects: the same crowd as on one machine, counted to the last request.

mod acknowledged;
mod control;
mod coverage;
mod credentials;
mod crowd;
mod faults;
mod frozen;
mod generator;
mod kubernetes;
mod laptop;
mod loss;
mod membership;
mod open;
mod permissions;
mod plan;
mod refusals;
mod rows;
mod secrets;
mod spool;
mod standby;
mod steered;
mod unfit;

use std::path::Path;

use serde_json::Value;

use crate::support::nats::Nats;
use crate::support::program::{self, Program, throng};

/// A worker of this server, with this name.
fn worker(nats: &Nats, name: &str, words: &[&str]) -> Program {
    throng(["worker", "--nats", &nats.url(), "--name", name]).args(words)
}

/// So many workers, which end after one run.
fn workers(nats: &Nats, count: usize, threads: usize) -> Vec<program::Run> {
    let threads = threads.to_string();
    let names = (0..count).map(|index| format!("w{index}"));
    let start = |name: String| worker(nats, &name, &["--once", "--threads", &threads]).start();
    names.map(start).collect()
}

/// Each of them ends by itself, without a fault.
fn all_end(workers: impl IntoIterator<Item = program::Run>) {
    for worker in workers {
        worker.end().with_code(0);
    }
}

/// A run on so many workers of this server.
fn run(nats: &Nats, count: usize, target: &str, scripts: &Path, words: &[&str]) -> Program {
    let count = count.to_string();
    let cluster = ["--nats", &nats.url(), "--workers", &count];
    program::run(target, scripts, &cluster).args(words)
}

/// Requests that a summary counts.
fn requests(summary: &Value) -> u64 {
    let total = summary["requests"]["total"].as_u64();
    total.unwrap_or_else(|| panic!("{summary:#}"))
}
