use super::{cluster, ledger};
use crate::cli::cluster::{ClusterCommand, ClusterList, ClusterUp};
use crate::cli::faults::Faults;
use crate::cli::options::{ClusterVerb, LsOptions, UpOptions};
use crate::cli::value_sources::ValueSources;
use crate::plan::Fault;
use crate::plan::crowd::VIRTUAL_SHARDS;

/// Workers of a cluster on this machine when nobody says.
const DEFAULT_WORKERS: usize = 2;

/// Most workers that are started on one machine.
const MOST_WORKERS: usize = 100;

/// `throng cluster`.
pub(in crate::cli) fn cluster(
    verb: ClusterVerb,
    typed: &ValueSources<'_>,
    cores: usize,
) -> Result<ClusterCommand, Vec<Fault>> {
    match verb {
        ClusterVerb::Up(options) => up(&options, typed, cores).map(ClusterCommand::Up),
        ClusterVerb::Ls(options) => list(&options, typed).map(ClusterCommand::List),
        ClusterVerb::Key { file } => Ok(ClusterCommand::Key(file)),
        ClusterVerb::Child { parent, command } => Ok(ClusterCommand::Child(parent, command)),
    }
}

fn up(
    options: &UpOptions,
    typed: &ValueSources<'_>,
    cores: usize,
) -> Result<ClusterUp, Vec<Fault>> {
    let mut faults = Faults::of(typed);
    let number = |text: &str| text.parse::<usize>().ok();
    let workers = faults.read(
        "workers",
        options.workers.as_deref(),
        DEFAULT_WORKERS,
        |text| number(text).filter(|of| (1..=MOST_WORKERS).contains(of)),
        (
            "is not a valid number of workers of one machine",
            "give one from 1 to 100",
        ),
    );
    let threads = faults.read(
        "threads",
        options.threads.as_deref(),
        (cores / workers).max(1),
        |text| number(text).filter(|of| (1..=VIRTUAL_SHARDS).contains(of)),
        (
            "is not a valid number of threads",
            "give one from 1 to 1024, or leave it out",
        ),
    );
    let state_dir = ledger::state_dir(options.state_dir.as_deref(), &mut faults);
    faults.or(ClusterUp {
        workers,
        threads,
        nats_server: options.nats_server.as_ref().map(Into::into),
        state_dir,
    })
}

fn list(options: &LsOptions, typed: &ValueSources<'_>) -> Result<ClusterList, Vec<Fault>> {
    let mut faults = Faults::of(typed);
    let nats = cluster::nats(&options.nats, &mut faults);
    if nats.is_none() {
        faults.push(
            "--nats",
            "is required: the NATS server knows the workers",
            "give one such as --nats nats://10.0.0.5:4222",
        );
    }
    let list = nats.map(|nats| ClusterList {
        nats,
        json: options.json,
    });
    let none = Vec::new();
    faults.or(list).and_then(|list| list.ok_or(none))
}
