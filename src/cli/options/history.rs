use clap::{Args, Subcommand};

/// Whether the run is kept, and what it is compared with.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "History")]
pub struct HistoryOptions {
    /// Runs that are kept in --state-dir for `throng runs`; the oldest are removed; 0 keeps none [default: 200]
    #[arg(
        long,
        value_name = "N",
        env = "THRONG_HISTORY_KEEP",
        allow_hyphen_values = true
    )]
    pub history_keep: Option<String>,

    /// A remark that is kept with the run, such as the version of the target
    #[arg(long, value_name = "TEXT", env = "THRONG_NOTE")]
    pub note: Option<String>,

    /// Compare with this run at the end: an id, last, last~1, or a file of `throng show --export`
    #[arg(long, value_name = "RUN", env = "THRONG_BASELINE")]
    pub baseline: Option<String>,

    /// Exit with 5 when p95, p99 or the rate is worse than in --baseline by this much, or failures by 1 point, beyond chance: 10%
    #[arg(
        long,
        value_name = "PERCENT",
        env = "THRONG_FAIL_ON_REGRESSION",
        allow_hyphen_values = true
    )]
    pub fail_on_regression: Option<String>,
}

/// Which runs are listed.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct RunsOptions {
    #[command(subcommand)]
    pub verb: Option<RunsVerb>,

    /// Most runs that are listed, the newest first; 0 lists all [default: 20]
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    pub limit: Option<String>,

    /// Only runs with this text in their id, target, crowd, note, state or verdict
    #[arg(long, value_name = "TEXT")]
    pub filter: Option<String>,

    /// Folder of the history [default: $XDG_STATE_HOME/throng or ~/.local/state/throng]
    #[arg(long, value_name = "DIR", env = "THRONG_STATE_DIR")]
    pub state_dir: Option<String>,

    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// What is done to runs of the history.
#[derive(Debug, Subcommand)]
pub enum RunsVerb {
    /// Remove runs from the history
    Rm {
        /// Their ids, or beginnings of them
        #[arg(value_name = "ID", required = true)]
        ids: Vec<String>,

        /// Folder of the history [default: $XDG_STATE_HOME/throng or ~/.local/state/throng]
        #[arg(long, value_name = "DIR", env = "THRONG_STATE_DIR")]
        state_dir: Option<String>,
    },
}

/// Which run is shown, and how.
#[derive(Debug, Args)]
pub struct ShowOptions {
    /// An id or its beginning, last, last~1, or a file of --export
    #[arg(value_name = "RUN", default_value = "last")]
    pub run: String,

    /// Write the run with its blocks of time to this file, for --baseline and `throng compare` elsewhere
    #[arg(long, value_name = "FILE")]
    pub export: Option<String>,

    /// Write the page of the run to this file, whole in one HTML file
    #[arg(long, value_name = "FILE")]
    pub html: Option<String>,

    /// Folder of the history [default: $XDG_STATE_HOME/throng or ~/.local/state/throng]
    #[arg(long, value_name = "DIR", env = "THRONG_STATE_DIR")]
    pub state_dir: Option<String>,

    /// Print the run and its summary as JSON
    #[arg(long)]
    pub json: bool,
}

/// Which runs are compared.
#[derive(Debug, Args)]
pub struct CompareOptions {
    /// The run to compare with: an id or its beginning, last, last~1, or a file of `throng show --export`
    #[arg(value_name = "A")]
    pub a: String,

    /// The run that is compared with it
    #[arg(value_name = "B")]
    pub b: String,

    /// Also list what does not differ
    #[arg(long)]
    pub all: bool,

    /// Folder of the history [default: $XDG_STATE_HOME/throng or ~/.local/state/throng]
    #[arg(long, value_name = "DIR", env = "THRONG_STATE_DIR")]
    pub state_dir: Option<String>,

    /// Print JSON
    #[arg(long)]
    pub json: bool,
}
