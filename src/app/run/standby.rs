//! A coordinator that waits for the run of another one: whether it has the same plan and scripts, and its turn.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::app::nats_server;
use crate::app::process::clock;
use crate::app::process::exit::Failure;
use crate::app::process::output::complain;
use crate::app::process::version::VERSION;
use crate::app::run::cluster;
use crate::cli::{Mode, Resolved, Verbosity};
use crate::cluster::{Coordinator, FIRST_EPOCH, Standby};
use crate::engine::RunConfig;
use crate::plan::Plan;
use crate::script::{Bundle, TypeSpec};

/// What the first coordinator of a run leaves for a standby.
#[derive(Serialize, Deserialize)]
struct Record {
    plan: Plan,
    /// What the command lines of both must have in common, by names that a message may have.
    same: BTreeMap<String, Value>,
}

/// A standby that has found its run.
pub struct Waiting {
    standby: Standby,
    record: Record,
}

/// What a standby needs of this run.
pub fn record(resolved: &Resolved, config: &RunConfig) -> Result<Value, Failure> {
    let record = Record {
        plan: resolved.plan.clone(),
        same: same(&resolved.plan, &config.bundle, &config.specs)?,
    };
    Ok(serde_json::to_value(&record).map_err(anyhow::Error::from)?)
}

/// Waits until the run has begun of which this process is to be the standby, if it is to be one; the run's id and seed
/// are those of this process, too.
///
/// # Errors
/// When the server cannot be used, or it is not clear which run is meant.
pub fn find(resolved: &mut Resolved) -> Result<Option<Waiting>, Failure> {
    let wanted = resolved.cluster.clone();
    let wanted = wanted.filter(|wanted| wanted.standby && resolved.mode == Mode::Run);
    let Some(wanted) = wanted else {
        return Ok(None);
    };
    let clock = clock::of_a_run();
    let server = nats_server::server(&wanted.nats)?;
    let id = wanted.run_id.as_deref().unwrap_or_default();
    let standby = Standby::find(&server, cluster::options(&wanted, id, clock)?)?;
    let record: Record = serde_json::from_value(standby.details().clone())
        .map_err(|why| Failure::Run(format!("the record of the run cannot be read: {why}")))?;
    resolved.plan.seed = record.plan.seed;
    if let Some(cluster) = &mut resolved.cluster {
        cluster.run_id = Some(standby.run().to_owned());
    }
    Ok(Some(Waiting { standby, record }))
}

/// The id of the ledger of a run with this id: that of the first coordinator may be in the same folder.
pub fn ledger(run: &str, coordinator: Option<&Coordinator>) -> String {
    match coordinator.map_or(FIRST_EPOCH, Coordinator::epoch) {
        FIRST_EPOCH => run.to_owned(),
        epoch => format!("{run}-c{epoch}"),
    }
}

impl Waiting {
    /// Waits until nobody leads the run; none where it is over. The plan of the run is that of this process from
    /// then on.
    ///
    /// # Errors
    /// When this process has another plan or other scripts.
    pub fn wait(
        self,
        resolved: &mut Resolved,
        (bundle, specs): (&Bundle, &[TypeSpec]),
    ) -> Result<Option<Coordinator>, Failure> {
        let Self { standby, record } = self;
        let differ = differences(&record.same, &same(&resolved.plan, bundle, specs)?);
        let run = standby.run().to_owned();
        if !differ.is_empty() {
            return Err(Failure::Usage(format!(
                "--standby: the command line is not that of run {run}: different {}; use the same plan and scripts",
                differ.join(", ")
            )));
        }
        let is_quiet = resolved.output.verbosity == Verbosity::Quiet;
        if !is_quiet {
            complain(&format!(
                "run {run} has a coordinator; standing by to take over when it is lost"
            ));
        }
        let Some(coordinator) = Coordinator::after(standby)? else {
            if !is_quiet {
                complain(&format!("run {run} is over: the standby was not needed"));
            }
            return Ok(None);
        };
        complain(&format!(
            "run {run} has lost its coordinator; this process takes over (epoch {})",
            coordinator.epoch()
        ));
        let ours = std::mem::take(&mut resolved.plan);
        resolved.plan = Plan {
            valve: ours.valve,
            thresholds: ours.thresholds,
            incidents: ours.incidents,
            search: ours.search,
            ..record.plan
        };
        if resolved.plan.search.is_some() {
            tracing::warn!("the search starts over: its progress was not saved");
        }
        Ok(Some(coordinator))
    }
}

/// What the command lines of two coordinators of a run must have in common.
fn same(
    plan: &Plan,
    bundle: &Bundle,
    specs: &[TypeSpec],
) -> Result<BTreeMap<String, Value>, Failure> {
    let mut of_plan = serde_json::to_value(plan).map_err(anyhow::Error::from)?;
    // They come with the run: when it began, and who takes part.
    blank(&mut of_plan, &["seed", "shards", "owners", "began"]);
    let mut same = BTreeMap::from([("version".to_owned(), Value::from(VERSION))]);
    if let Value::Object(fields) = of_plan {
        let named = |(name, value)| (format!("plan.{name}"), digest(&value));
        same.extend(fields.into_iter().map(named));
    }
    for (name, rules) in [("stop_if", &plan.valve), ("fail_if", &plan.thresholds)] {
        let rules: Vec<String> = rules.iter().map(ToString::to_string).collect();
        same.insert(format!("plan.{name}"), Value::from(rules));
    }
    let incidents = format!("{:?}", plan.incidents);
    same.insert("plan.incidents".to_owned(), digest(&Value::from(incidents)));
    let search = format!("{:?}", plan.search);
    same.insert("plan.search".to_owned(), digest(&Value::from(search)));
    for spec in specs {
        let script = bundle.closure(&spec.name).map(|print| print.to_string());
        same.insert(format!("script {}", spec.name), Value::from(script));
    }
    Ok(same)
}

/// Takes these fields out of a value, wherever they are.
fn blank(value: &mut Value, names: &[&str]) {
    match value {
        Value::Object(fields) => {
            fields.retain(|name, _| !names.contains(&name.as_str()));
            fields.values_mut().for_each(|value| blank(value, names));
        }
        Value::Array(values) => values.iter_mut().for_each(|value| blank(value, names)),
        _ => {}
    }
}

/// A value that shows nothing of what it was: plans have secrets.
fn digest(value: &Value) -> Value {
    use sha2::{Digest as _, Sha256};
    let digest = Sha256::digest(value.to_string());
    let text: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    Value::from(text)
}

/// The names of what is not the same.
fn differences(theirs: &BTreeMap<String, Value>, ours: &BTreeMap<String, Value>) -> Vec<String> {
    let names = theirs.keys().chain(ours.keys());
    let differ = |name: &&String| theirs.get(*name) != ours.get(*name);
    let mut names: Vec<String> = names.filter(differ).cloned().collect();
    names.sort();
    names.dedup();
    names
}
