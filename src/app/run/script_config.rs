//! What a run tells its scripts, and its ledger.

use std::sync::Arc;

use crate::app::process::clock;
use crate::app::process::version::VERSION;
use crate::app::state_dir;
use crate::cli::{Resolved, Verbosity};
use crate::ledger;
use crate::metrics::Capture;
use crate::request::{LogDetail, RunInfo, TraceContext};
use crate::script::ScriptConfig;
use crate::secrets::Masker;

/// What its scripts may know of a run.
pub fn script_config(resolved: &Resolved, secrets: &Arc<Masker>) -> ScriptConfig {
    let wanted = resolved.cluster.as_ref();
    let wanted = wanted.and_then(|cluster| cluster.run_id.clone());
    let (plan, run_id) = (&resolved.plan, wanted.unwrap_or_else(run_id));
    let trace = resolved.http.trace.as_ref();
    let trace = trace.map(|of| TraceContext::new(&run_id, of.sampled, of.url.clone()));
    let trace = trace.map(Arc::new);
    ScriptConfig {
        run_id,
        run: RunInfo {
            seed: plan.seed,
            clock: clock::of_a_run(),
            base_path: plan.base_url.path().trim_end_matches('/').to_owned(),
            secrets: Arc::clone(secrets),
            log: match resolved.output.verbosity {
                Verbosity::Quiet | Verbosity::Warnings | Verbosity::Normal => LogDetail::Nothing,
                Verbosity::Verbose => LogDetail::Lines,
                Verbosity::Debug => LogDetail::Everything,
            },
            trace,
            capture: Capture::default(),
            contract: None,
        },
        locale: resolved.locale,
        vars: Arc::new(plan.vars.clone()),
        overrides: Arc::new(plan.overrides.clone()),
        crowd: None,
        shard: 0,
        shards: plan.shards,
    }
}

/// The run as the ledger has it.
pub fn run_of(id: &str, target: ledger::Target) -> ledger::Run {
    ledger::Run {
        id: id.to_owned(),
        started: state_dir::now(),
        version: VERSION.to_owned(),
        target,
    }
}

/// Eight digits and letters from the system's randomness: never seeded, so that two runs never make the same names.
fn run_id() -> String {
    let mut id = uuid::Uuid::new_v4().simple().to_string();
    id.truncate(8);
    id
}
