//! Why a cluster cannot be had, in words for the user.

/// Why there is no cluster.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// The server cannot be reached.
    #[error(
        "the NATS server at {url} cannot be reached: {why}; is it running, and is --nats right?"
    )]
    Unreachable { url: String, why: String },
    /// The server refused who connected.
    #[error(
        "the NATS server at {url} refused the connection: {why}; give the credentials of this \
         server with --nats-creds or --nats-nkey"
    )]
    Refused { url: String, why: String },
    /// Credentials cannot be read as such.
    #[error("{what}: {why}")]
    Credentials { what: String, why: String },
    /// The server has no JetStream.
    #[error(
        "the NATS server at {0} has no JetStream, which keeps what workers report; start it with \
         -js, or with jetstream {{}} in its configuration"
    )]
    NoJetStream(String),
    /// The user of the connection may not do what is needed.
    #[error("the NATS server does not allow it: {0}; give this user the permission for it")]
    Denied(String),
    /// The user of the connection may have another place only.
    #[error(
        "the NATS server does not allow this user to be worker {index}: {why}; use that worker's nkey \
         (--nats-nkey), or the --index that this nkey is for"
    )]
    OtherPlace { index: usize, why: String },
    /// Nobody called for workers.
    #[error(
        "no run needed a worker within {0} s; start one with `throng run --nats URL`, or wait \
         longer with --wait"
    )]
    NoRun(u64),
    /// The server has a bucket or stream of that name which is another.
    #[error(
        "{name} on the NATS server at {url} is not configured as throng needs it: {differs}; while no run \
         uses it, remove it with `nats stream rm {name}`; the next run creates it"
    )]
    OtherStore {
        name: String,
        url: String,
        differs: String,
    },
    /// Another stream has its subjects.
    #[error(
        "another stream on the NATS server at {url} has subjects that throng needs ({subjects}); \
         `nats stream ls --subject {subjects}` shows it: remove it, or give throng an account of its own"
    )]
    Overlap { url: String, subjects: String },
    /// Something that was asked of the server failed.
    #[error("NATS: {what}: {why}")]
    Failed { what: String, why: String },
    /// Too few workers came.
    #[error(
        "{came} of {wanted} workers joined within {seconds} s{refused}; start more with `throng \
         worker --nats URL`, or wait longer with --workers-within"
    )]
    TooFew {
        came: usize,
        wanted: usize,
        seconds: u64,
        /// Who could not take part, and why: `; worker b is throng 0.2`.
        refused: String,
    },
    /// Somebody stopped it before it began.
    #[error("stopped while waiting for workers")]
    Stopped,
    /// The worker of a place was stopped, and another one may be started for it.
    #[error(
        "stopped by a signal before the run was over; place {index} is free for another worker"
    )]
    Terminated { index: usize },
    /// Somebody leads the run already.
    #[error(
        "run {run} already has a coordinator on {host} (process {pid}); choose another --run-id, or add \
         --standby to take over when it is lost"
    )]
    Led { run: String, host: String, pid: u32 },
    /// There are several runs.
    #[error("the server has several runs: {0}; choose one with --run-id")]
    WhichRun(String),
    /// A run with this id has begun and lost its coordinator.
    #[error(
        "run {0} is under way and has lost its coordinator: add --standby to take it over, or choose another --run-id"
    )]
    Begun(String),
    /// A run was lost before anything of it was kept.
    #[error(
        "the coordinator of run {0} was lost before its first checkpoint, so the run cannot be resumed; start \
         it again, and its workers will join"
    )]
    NothingKept(String),
    /// Another coordinator has taken the run over.
    #[error("run {run} was taken over by throng run {by}; this process exits without changing it")]
    Superseded {
        run: String,
        /// `on host b (process 7, epoch 2)`
        by: String,
    },
    /// Who leads the run is not heard of.
    #[error("the coordinator of run {0} is gone")]
    CoordinatorGone(String),
    /// The machine did not give what is needed.
    #[error("{0}")]
    Machine(String),
}

impl ClusterError {
    /// Of something that was asked of the server.
    pub(super) fn failed(what: &str, why: impl std::fmt::Display) -> Self {
        Self::Failed {
            what: what.to_owned(),
            why: why.to_string(),
        }
    }
}
