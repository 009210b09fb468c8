use std::path::PathBuf;
use std::time::Duration;

use super::{Purpose, ledger};
use crate::cli::cluster::{ClusterRun, NatsConfig, OnLoss, WorkerConfig, WorkersJob};
use crate::cli::faults::{Faults, quoted};
use crate::cli::options::{ClusterOptions, LedgerOptions, NatsOptions, WorkerOptions};
use crate::cli::span::parse_span;
use crate::cli::value_sources::ValueSources;
use crate::plan::Fault;
use crate::plan::crowd::VIRTUAL_SHARDS;

/// How long workers may take to come when nobody says.
const DEFAULT_WITHIN: Duration = Duration::from_secs(60);
/// Where the kubelet mounts the service account of a pod.
const SERVICE_ACCOUNT: &str = "/var/run/secrets/kubernetes.io/serviceaccount";

/// The workers of a run; none where it is on one machine.
pub(super) fn cluster(
    options: &ClusterOptions,
    (is_continuous, purpose): (bool, Purpose),
    typed: &ValueSources<'_>,
    faults: &mut Faults<'_>,
) -> Option<ClusterRun> {
    let workers = faults.read(
        "workers",
        options.workers.as_deref(),
        1,
        |text| {
            text.parse()
                .ok()
                .filter(|of| (1..=VIRTUAL_SHARDS).contains(of))
        },
        (
            "is not a valid number of workers",
            "give one from 1 to 1024",
        ),
    );
    let within = faults.read(
        "workers-within",
        options.workers_within.as_deref(),
        DEFAULT_WITHIN,
        |text| parse_span(text).filter(|span| !span.is_zero()),
        (
            "is not a valid duration",
            "give seconds such as 60, or units such as 2m",
        ),
    );
    let on_loss = faults.read(
        "on-loss",
        options.on_loss.as_deref(),
        match is_continuous {
            true => OnLoss::Reassign,
            false => OnLoss::Abort,
        },
        |text| match text {
            "abort" => Some(OnLoss::Abort),
            "degrade" => Some(OnLoss::Degrade),
            "reassign" => Some(OnLoss::Reassign),
            _ => None,
        },
        ("is not known", "give abort, degrade or reassign"),
    );
    let nats = nats(&options.nats, faults);
    // A plan says what they would have.
    let is_plan = purpose == Purpose::Plan;
    if nats.is_none() && typed.on_the_line("workers") && !is_plan {
        faults.push(
            format!("--workers {workers}"),
            "has no NATS server that connects them",
            "give one with --nats URL, or leave --workers out",
        );
    }
    // What the environment has may be meant for other runs.
    for name in ["standby", "run-id", "kubernetes-job"] {
        if typed.on_the_line(&name.replace('-', "_")) && options.nats.nats.is_none() {
            faults.push(
                format!("--{name}"),
                "is for runs on several machines, which need a NATS server",
                "give one with --nats URL, or leave it out",
            );
        }
    }
    let run_id = run_id(options.run_id.as_deref(), faults);
    let nats = nats?;
    let job = workers_job(options, typed, faults);
    Some(ClusterRun {
        nats,
        workers,
        run_id,
        standby: options.standby,
        within,
        on_loss,
        job,
    })
}

/// The Job of the workers on Kubernetes, if they are pods of one.
fn workers_job(
    options: &ClusterOptions,
    typed: &ValueSources<'_>,
    faults: &mut Faults<'_>,
) -> Option<WorkersJob> {
    let Some(name) = &options.kubernetes_job else {
        if typed.on_the_line("service_account") {
            faults.push(
                "--service-account",
                "is for the Job that --kubernetes-job names",
                "give both, or leave it out",
            );
        }
        return None;
    };
    // RFC 1123, as Kubernetes has it for names of Jobs.
    let is_inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let fits = name
        .bytes()
        .all(|byte| is_inner(byte) || b"-.".contains(&byte));
    let ends = [name.bytes().next(), name.bytes().last()];
    if !fits || name.len() > 253 || !ends.iter().all(|end| end.is_some_and(is_inner)) {
        faults.push(
            format!("--kubernetes-job {}", quoted(name)),
            "is not a valid name of a Job",
            "give its metadata.name, of lower-case letters, digits, dashes and dots",
        );
    }
    let folder = options.service_account.as_deref();
    Some(WorkersJob {
        name: name.clone(),
        service_account: PathBuf::from(folder.unwrap_or(SERVICE_ACCOUNT)),
    })
}

/// The id of a run, which is part of names of files and of subjects.
fn run_id(id: Option<&str>, faults: &mut Faults<'_>) -> Option<String> {
    let is_plain = |id: &str| id.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let id = id?;
    if id.is_empty() || id.len() > 32 || !is_plain(id) {
        faults.push(
            format!("--run-id {}", quoted(id)),
            "is not a valid id of a run",
            "give one of at most 32 letters and digits",
        );
    }
    Some(id.to_owned())
}

/// `throng worker`.
pub(in crate::cli) fn worker(
    options: WorkerOptions,
    typed: &ValueSources<'_>,
    cores: usize,
) -> Result<WorkerConfig, Vec<Fault>> {
    let mut faults = Faults::of(typed);
    let nats = nats(&options.nats, &mut faults);
    if options.nats.nats.is_none() {
        faults.push(
            "--nats",
            "is not given: a worker hears of runs from a NATS server",
            "give one such as --nats nats://10.0.0.5:4222",
        );
    }
    let number = |text: &str| text.parse::<usize>().ok();
    let index = faults.read(
        "index",
        options.index.as_deref(),
        None,
        |text| number(text).filter(|of| *of < VIRTUAL_SHARDS).map(Some),
        (
            "is not a valid index",
            "give a whole number from 0, or leave it out",
        ),
    );
    let threads = faults.read(
        "threads",
        options.threads.as_deref(),
        cores,
        |text| number(text).filter(|of| (1..=VIRTUAL_SHARDS).contains(of)),
        (
            "is not a valid number of threads",
            "give the number of cores, or leave it out",
        ),
    );
    let wait = faults.read(
        "wait",
        options.wait.as_deref(),
        None,
        |text| parse_span(text).filter(|span| !span.is_zero()).map(Some),
        (
            "is not a valid duration",
            "give seconds such as 60, or units such as 5m, or leave it out",
        ),
    );
    if let Some(name) = &options.name {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        if name.is_empty() || name.len() > 100 || !name.chars().all(is_plain) {
            faults.push(
                format!("--name {}", quoted(name)),
                "is not a valid name",
                "give one of at most 100 letters, digits, dots, - and _",
            );
        }
    }
    let state_dir = ledger::state_dir(options.state_dir.as_deref(), &mut faults);
    let of_ledger = LedgerOptions {
        ledger: options.ledger,
        ..LedgerOptions::default()
    };
    let policy = ledger::policy(&of_ledger, &mut faults);
    let worker = nats.map(|nats| WorkerConfig {
        nats,
        name: options.name,
        index,
        threads,
        once: options.once,
        wait,
        state_dir,
        policy,
    });
    let none = Vec::new();
    faults.or(worker).and_then(|worker| worker.ok_or(none))
}

pub(super) fn nats(options: &NatsOptions, faults: &mut Faults<'_>) -> Option<NatsConfig> {
    let url = options.nats.as_deref()?;
    let is_server = |url: &str| {
        let schemes = ["nats://", "tls://", "ws://", "wss://"];
        let rest = schemes.iter().find_map(|scheme| url.strip_prefix(scheme));
        let rest = if url.contains("://") { rest } else { Some(url) };
        rest.is_some_and(|rest| !rest.is_empty() && !rest.contains([' ', '/']))
    };
    if !url.split(',').all(is_server) {
        // What stands before an @ is a secret.
        let shown = match url.contains('@') {
            true => "nats://...@...".to_owned(),
            false => quoted(url),
        };
        faults.push(
            format!("--nats {shown}"),
            "is not a valid URL of a NATS server",
            "give one such as nats://10.0.0.5:4222",
        );
    }
    if options.nats_creds.is_some() && options.nats_nkey.is_some() {
        faults.push(
            "--nats-creds with --nats-nkey",
            "each of them says who connects",
            "give one of them",
        );
    }
    let identity = match (&options.nats_cert, &options.nats_key) {
        (Some(cert), Some(key)) => Some((cert.into(), key.into())),
        (None, None) => None,
        (Some(_), None) => {
            faults.push(
                "--nats-cert without --nats-key",
                "a certificate is shown with its key",
                "give both of them",
            );
            None
        }
        (None, Some(_)) => {
            faults.push(
                "--nats-key without --nats-cert",
                "a key belongs to a certificate",
                "give both of them",
            );
            None
        }
    };
    Some(NatsConfig {
        url: url.to_owned(),
        creds: options.nats_creds.as_ref().map(PathBuf::from),
        nkey: options.nats_nkey.as_ref().map(PathBuf::from),
        ca: options.nats_ca.as_ref().map(PathBuf::from),
        identity,
    })
}
