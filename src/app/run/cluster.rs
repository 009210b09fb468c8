//! A run on workers of other machines: who they are, what they need to know, and scripts that they try first.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use crate::app::process::exit::Failure;
use crate::app::process::output::complain;
use crate::app::process::version::VERSION;
use crate::app::{http_settings, nats_server};
use crate::cli::{self, ClusterRun, Resolved, Verbosity, WorkersJob};
use crate::clock::Clock;
use crate::cluster::{Brief, Coordinator, Led, Member, OnLoss, Options, Pods, Stage};
use crate::engine::{Orchestrator, RunConfig};
use crate::kubernetes::{self, Job, ServiceAccount};
use crate::ledger::Target;
use crate::request::LogDetail;
use crate::script::{Diagnostic, ReloadEvent};

/// What a worker needs to know of a run beside the plan and the scripts.
#[derive(Debug, Serialize, Deserialize)]
pub struct Details {
    /// How the target is reached.
    pub target: Target,
    /// The files that it names: certificates and keys.
    pub files: Vec<(PathBuf, Vec<u8>)>,
    /// The variables of scripts that are secret.
    pub secret_vars: Vec<String>,
    /// How much is logged of each request: 0 nothing, 1 a line, 2 everything.
    pub log: u8,
    /// The share of sessions whose requests are sampled in traces, and where a trace is seen.
    pub trace: Option<(f64, Option<String>)>,
    /// The share of requests that become samples, if any do, and whether there are spans.
    pub capture: (Option<f64>, bool),
    /// The tag of the locale of made-up values.
    pub locale: Option<String>,
    /// The document of the target's contract, and whether answers are checked against its schemas.
    #[serde(default)]
    pub contract: Option<(String, bool)>,
}

impl Details {
    /// How much is logged of each request.
    pub fn log_detail(&self) -> LogDetail {
        match self.log {
            0 => LogDetail::Nothing,
            1 => LogDetail::Lines,
            _ => LogDetail::Everything,
        }
    }
}

/// Calls for the workers of a run with this id and this clock, and waits for them.
///
/// # Errors
/// When NATS cannot be used, or too few come.
pub fn gather(
    wanted: &ClusterRun,
    resolved: &Resolved,
    (run, clock): (&str, Clock),
) -> Result<Coordinator, Failure> {
    if resolved.mock.is_some() {
        let why = "--mock with --nats: a mock answers on one machine only; leave one of them out";
        return Err(Failure::Usage(why.to_owned()));
    }
    let users = resolved.plan.users as usize;
    if !resolved.plan.is_open() && users < wanted.workers {
        let why = format!(
            "--workers {} with {users} user(s): each worker needs one; use at most --workers {users}",
            wanted.workers
        );
        return Err(Failure::Usage(why));
    }
    let server = nats_server::server(&wanted.nats)?;
    let is_quiet = resolved.output.verbosity == Verbosity::Quiet;
    if !is_quiet {
        complain(&format!(
            "run {run} waits for {} worker(s) at {}",
            wanted.workers,
            server.shown()
        ));
    }
    let coordinator = Coordinator::gather(&server, options(wanted, run, clock)?)?;
    // The log begins later.
    for warning in coordinator
        .members()
        .iter()
        .filter_map(Member::clock_warning)
    {
        complain(&format!("warning: {warning}"));
    }
    if !is_quiet {
        for member in coordinator.members() {
            complain(&format!("{}: {} thread(s)", member.name, member.threads));
        }
    }
    Ok(coordinator)
}

/// How a run with this id is led.
///
/// # Errors
/// When the workers are pods of a Job, and the Kubernetes API cannot be used from here.
pub fn options(wanted: &ClusterRun, run: &str, clock: Clock) -> Result<Options, Failure> {
    let pods = wanted.job.as_ref();
    // What a coordinator before this one made of the Job, nobody knows.
    let accepted = match wanted.standby {
        true => usize::MAX,
        false => wanted.workers,
    };
    let pods = pods.map(|job| pods_of(job, wanted.workers, accepted));
    Ok(Options {
        run: run.to_owned(),
        host: host(),
        version: VERSION.to_owned(),
        workers: wanted.workers,
        within: wanted.within,
        on_loss: match wanted.on_loss {
            cli::OnLoss::Abort => OnLoss::Abort,
            cli::OnLoss::Degrade => OnLoss::Degrade,
            cli::OnLoss::Reassign => OnLoss::Reassign,
        },
        clock,
        pods: pods.transpose()?,
    })
}

/// The pods of the Job of the workers, which is scaled by what the coordinator wants.
fn pods_of(job: &WorkersJob, workers: usize, accepted: usize) -> Result<Pods, Failure> {
    let fault = |why: String| Failure::Usage(format!("--kubernetes-job {}: {why}", job.name));
    let address = ["KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT"].map(std::env::var);
    let address = match address {
        [Ok(host), Ok(port)] => Some((host, port)),
        _ => None,
    };
    let account = ServiceAccount::load(&job.service_account, address);
    let account = account.map_err(|why| fault(why.to_string()))?;
    let job = Job::new(&job.name, account).map_err(fault)?;
    let (to_job, wanted) = watch::channel(workers);
    let (of_job, accepted) = watch::channel(accepted);
    let on_scaled = move |pods| {
        of_job.send_replace(pods);
    };
    kubernetes::scale_on_a_thread(job, wanted, on_scaled).map_err(anyhow::Error::from)?;
    Ok(Pods {
        wanted: to_job,
        accepted,
    })
}

/// The name of this machine.
fn host() -> String {
    let name = rustix::system::uname();
    name.nodename().to_string_lossy().into_owned()
}

/// Leads the workers of this run; the record is for a standby.
///
/// # Errors
/// When a file that they need cannot be read.
pub fn lead(
    coordinator: Coordinator,
    resolved: &Resolved,
    config: &RunConfig,
    record: serde_json::Value,
    document: Option<String>,
) -> Result<Led, Failure> {
    let run = &config.script_config.run;
    let target = http_settings::target(&resolved.http, &resolved.plan.base_url);
    let (cert, key) = target.identity.clone().unzip();
    let files = [target.ca.clone(), cert, key].into_iter().flatten();
    let files = files.map(|file| read(&file).map(|bytes| (file, bytes)));
    let secret = resolved.plan.vars.iter();
    let secret = secret.filter(|(_, value)| run.secrets.text(value) != value.as_str());
    let details = Details {
        files: files.collect::<Result<_, _>>()?,
        target,
        secret_vars: secret.map(|(key, _)| key.clone()).collect(),
        log: match run.log {
            LogDetail::Nothing => 0,
            LogDetail::Lines => 1,
            LogDetail::Everything => 2,
        },
        trace: resolved
            .http
            .trace
            .as_ref()
            .map(|of| (of.sampled, of.url.clone())),
        capture: (run.capture.samples, run.capture.spans),
        locale: resolved.locale.map(|locale| locale.tag.to_owned()),
        contract: document.zip(resolved.contract.as_ref().map(|config| config.checks)),
    };
    let brief = Brief {
        run: config.script_config.run_id.clone(),
        details: serde_json::to_value(&details).map_err(anyhow::Error::from)?,
    };
    Ok(coordinator.lead(brief, record)?)
}

/// A run whose shards are those of workers, if there are any; where it goes on with one that another coordinator led, as that
/// one left it.
pub fn on_workers(orchestrator: Orchestrator, led: Option<Led>) -> (Orchestrator, Option<Stage>) {
    let Some(led) = led else {
        return (orchestrator, None);
    };
    let orchestrator = orchestrator.with_remote(led.remote);
    let orchestrator = match led.resumed {
        Some(resumed) => orchestrator.with_resumed(resumed),
        None => orchestrator,
    };
    (orchestrator, Some(led.stage))
}

fn read(file: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(file).map_err(|why| Failure::Usage(format!("{}: {why}", file.display())))
}

/// Changed scripts, which every worker tries before any user has them: those that one of them cannot use are refused.
pub fn tried(stage: &Stage, offer: ReloadEvent) -> ReloadEvent {
    let ReloadEvent::Loaded(loaded) = offer else {
        return offer;
    };
    match stage.check(&loaded.bundle) {
        Ok(()) => ReloadEvent::Loaded(loaded),
        Err(faults) => ReloadEvent::Refused {
            faults: faults
                .into_iter()
                .map(|(place, why)| Diagnostic::at(place, why))
                .collect(),
            saved: loaded.saved,
            ticket: loaded.ticket,
        },
    }
}
