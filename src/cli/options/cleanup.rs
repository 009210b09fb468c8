use clap::Args;

/// Which runs are cleaned up.
#[derive(Debug, Args)]
pub struct CleanupOptions {
    /// What this run left [default: the only run that left something]
    #[arg(long, value_name = "ID", env = "THRONG_RUN")]
    pub run: Option<String>,

    /// What every run left; runs in progress are skipped
    #[arg(long)]
    pub all: bool,

    /// Delete nothing; list the runs and what they left or, with --run, each item
    #[arg(long)]
    pub list: bool,

    /// Delete nothing; print what this run left and remove its ledger, for a target that is gone
    #[arg(long, value_name = "RUN")]
    pub forget: Option<String>,

    /// Only of runs that began longer ago than this: 1h, 2d
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub older_than: Option<String>,

    /// Folder of the ledgers [default: $XDG_STATE_HOME/throng or ~/.local/state/throng]
    #[arg(long, value_name = "DIR", env = "THRONG_STATE_DIR")]
    pub state_dir: Option<String>,

    /// Maximum requests a second [default: 1000]
    #[arg(
        long,
        value_name = "N",
        env = "THRONG_CLEANUP_RPS",
        allow_hyphen_values = true
    )]
    pub cleanup_rps: Option<String>,

    /// Print JSON
    #[arg(long)]
    pub json: bool,
}
