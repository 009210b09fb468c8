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
    /// Something that was asked of the server failed.
    #[error("NATS: {what}: {why}")]
    Failed { what: String, why: String },
    /// Too few workers came.
    #[error(
        "{came} of {wanted} workers came within {seconds} s{refused}; start more with `throng \
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
    #[error("stopped before the workers were there")]
    Stopped,
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
