use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::cluster::NatsOptions;

/// Workers of this machine, or of a server.
#[derive(Debug, Args)]
pub struct ClusterVerbs {
    #[command(subcommand)]
    pub verb: ClusterVerb,
}

/// What is done.
#[derive(Debug, Subcommand)]
pub enum ClusterVerb {
    /// Start a NATS server and workers on this machine, and stop them with Ctrl-C
    #[command(after_help = UP_EXAMPLES)]
    Up(UpOptions),
    /// List the workers of a NATS server, those that wait and those in runs
    #[command(after_help = LS_EXAMPLES)]
    Ls(LsOptions),
    /// Create an nkey: write its seed to a file for --nats-nkey, and print its public key
    Key {
        /// New file for the seed, readable only by its owner
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Become another program, which ends with the process that started it
    #[command(hide = true)]
    Child {
        /// The process that starts it.
        parent: u32,
        #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
        command: Vec<OsString>,
    },
}

const UP_EXAMPLES: &str = "\
Examples:
  throng cluster up --workers 4                    prints the `throng run` that uses them
  throng cluster up --workers 2 --threads 2 --nats-server ~/bin/nats-server

Needs a nats-server (2.9 or newer), such as Debian's package of that name. It listens on 127.0.0.1 and takes only who has the
key that is made for it. Exit codes: 0 ended by a signal, 1 it cannot start, or a part of it broke off; 2 usage.";

const LS_EXAMPLES: &str = "\
Examples:
  throng cluster ls --nats nats://10.0.0.5:4222
  throng cluster ls --nats nats://10.0.0.5:4222 --json

Exit codes: 0 listed, 1 NATS cannot be used, 2 usage.";

/// `throng cluster up`.
#[derive(Debug, Args)]
pub struct UpOptions {
    /// Workers to start [default: 2]
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    pub workers: Option<String>,

    /// Threads of each worker [default: its part of the cores]
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    pub threads: Option<String>,

    /// The NATS server to start [default: nats-server on PATH]
    #[arg(long, value_name = "FILE")]
    pub nats_server: Option<String>,

    /// Folder of the ledgers of the workers [default: $XDG_STATE_HOME/throng or ~/.local/state/throng]
    #[arg(long, value_name = "DIR", env = "THRONG_STATE_DIR")]
    pub state_dir: Option<String>,
}

/// `throng cluster ls`.
#[derive(Debug, Args)]
pub struct LsOptions {
    #[command(flatten)]
    pub nats: NatsOptions,

    /// Print JSON
    #[arg(long)]
    pub json: bool,
}
