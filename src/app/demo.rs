//! `throng demo`: the demo service on a free port, and a crowd for it.

use std::process::ExitCode;

use anyhow::Context as _;

use crate::app::process::exit::Failure;
use crate::app::process::threads;
use crate::app::run;
use crate::app::state_dir::LedgerPlace;
use crate::cli::Resolved;

/// Threads of the service and its store.
const DEMO_THREADS: usize = 4;

/// Requests under way that the service takes at its usual speed where the plan has incidents: more than the demo's plan
/// brings on any evening, and fewer than in its rush hour.
const CAPACITY: u32 = 10;

/// Starts the service in a thread of its own, runs the crowd against it, stops it.
///
/// # Errors
/// When the service cannot start, or as [`run::run`].
pub fn run(mut resolved: Resolved) -> Result<ExitCode, Failure> {
    let options = user_service::Options {
        listen: ([127, 0, 0, 1], 0).into(),
        faults: user_service::Mood::Lively,
        capacity: if resolved.plan.incidents.is_empty() {
            0
        } else {
            CAPACITY
        },
        seed: resolved.plan.seed,
        ..user_service::Options::default()
    };
    // Its own thread, and some that answer.
    threads::available(DEMO_THREADS)
        .context("the demo needs more threads than this user may have")?;
    let service = user_service::spawn(options).context("the demo service cannot start")?;
    let url = format!("http://{}", service.address);
    resolved.plan.base_url = url
        .parse()
        .with_context(|| format!("the demo service gave the address {url}"))?;
    // What it creates ends with its service, however that ends: a file of it would be of no use.
    let done = run::run(resolved, LedgerPlace::Memory);
    service.stop();
    done
}
