use clap::Args;

use super::flag::flag;

/// How a NATS server is reached.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Several machines")]
pub struct NatsOptions {
    /// Run on workers that this NATS server with JetStream connects, such as nats://10.0.0.5:4222; several with commas
    #[arg(long, value_name = "URL", env = "THRONG_NATS")]
    pub nats: Option<String>,

    /// File of NATS credentials (.creds)
    #[arg(long, value_name = "FILE", env = "THRONG_NATS_CREDS")]
    pub nats_creds: Option<String>,

    /// File with the seed of an nkey, which begins with SU
    #[arg(long, value_name = "FILE", env = "THRONG_NATS_NKEY")]
    pub nats_nkey: Option<String>,

    /// PEM file of authorities to trust for the connection to NATS
    #[arg(long, value_name = "FILE", env = "THRONG_NATS_CA")]
    pub nats_ca: Option<String>,

    /// PEM file of the certificate to show to NATS; with --nats-key
    #[arg(long, value_name = "FILE", env = "THRONG_NATS_CERT")]
    pub nats_cert: Option<String>,

    /// PEM file of its private key
    #[arg(long, value_name = "FILE", env = "THRONG_NATS_KEY")]
    pub nats_key: Option<String>,
}

/// A run on several machines.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Several machines")]
pub struct ClusterOptions {
    #[command(flatten)]
    pub nats: NatsOptions,

    /// Workers of the run, each a `throng worker` with the same --nats [default: 1]
    #[arg(
        long,
        value_name = "N",
        env = "THRONG_WORKERS",
        allow_hyphen_values = true
    )]
    pub workers: Option<String>,

    /// Id of the run, of at most 32 letters and digits [default: made]
    #[arg(long, value_name = "ID", env = "THRONG_RUN_ID")]
    pub run_id: Option<String>,

    /// Stand by, and take over a run when its coordinator is lost; needs the same command line, and --run-id if the
    /// server has several runs
    #[arg(long, env = "THRONG_STANDBY", value_parser = flag())]
    pub standby: bool,

    /// How long to wait for the workers to join [default: 1m]
    #[arg(
        long,
        value_name = "TIME",
        env = "THRONG_WORKERS_WITHIN",
        allow_hyphen_values = true
    )]
    pub workers_within: Option<String>,

    /// When a worker is lost: abort ends the run, degrade goes on without its users, reassign gives them to the others
    /// [default: abort; reassign with --continuous]
    #[arg(long, value_name = "HOW", env = "THRONG_ON_LOSS")]
    pub on_loss: Option<String>,

    /// Indexed Job of Kubernetes whose pods are the workers, in the namespace of this pod: it is scaled with the number of
    /// workers
    #[arg(long, value_name = "NAME", env = "THRONG_KUBERNETES_JOB")]
    pub kubernetes_job: Option<String>,

    /// Directory of the service account that may patch that Job [default: /var/run/secrets/kubernetes.io/serviceaccount]
    #[arg(long, value_name = "DIR", env = "THRONG_SERVICE_ACCOUNT")]
    pub service_account: Option<String>,
}

/// `throng worker`.
#[derive(Clone, Debug, Args)]
pub struct WorkerOptions {
    #[command(flatten)]
    pub nats: NatsOptions,

    /// Its name, which no other worker of a run may have [default: host name and process ID]
    #[arg(long, value_name = "NAME", env = "THRONG_WORKER_NAME")]
    pub name: Option<String>,

    /// Its index in a run, from 0, such as that of an indexed Job [default: any free one]
    #[arg(
        long,
        value_name = "N",
        env = "THRONG_WORKER_INDEX",
        allow_hyphen_values = true
    )]
    pub index: Option<String>,

    /// Number of threads [default: one for each core]
    #[arg(
        long,
        value_name = "N",
        env = "THRONG_THREADS",
        allow_hyphen_values = true
    )]
    pub threads: Option<String>,

    /// End after one run
    #[arg(long, env = "THRONG_WORKER_ONCE", value_parser = flag())]
    pub once: bool,

    /// Exit with 1 if no run needs it within this time [default: wait forever]
    #[arg(
        long,
        value_name = "TIME",
        env = "THRONG_WORKER_WAIT",
        allow_hyphen_values = true
    )]
    pub wait: Option<String>,

    /// Folder of the ledgers, which hold what runs created [default: $XDG_STATE_HOME/throng or ~/.local/state/throng]
    #[arg(long, value_name = "DIR", env = "THRONG_STATE_DIR")]
    pub state_dir: Option<String>,

    /// What happens when the ledger cannot be written: required or best-effort [default: required]
    #[arg(long, value_name = "HOW", env = "THRONG_LEDGER")]
    pub ledger: Option<String>,
}
