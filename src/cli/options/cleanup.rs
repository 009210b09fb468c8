use clap::Args;

/// Whose things are deleted.
#[derive(Debug, Args)]
pub struct CleanupWords {
    /// What this run left [default: the only run that left something]
    #[arg(long, value_name = "ID", env = "THRONG_RUN")]
    pub run: Option<String>,

    /// What every run left; runs that go on are left alone
    #[arg(long)]
    pub all: bool,

    /// Delete nothing; show which runs left what or, with --run, each thing
    #[arg(long)]
    pub list: bool,

    /// Delete nothing; take the ledger of this run away, for a target that is gone: what the run left is told, and known no more
    #[arg(long, value_name = "RUN")]
    pub forget: Option<String>,

    /// Only of runs that began longer ago than this: 1h, 2d
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub older_than: Option<String>,

    /// Folder of the ledgers [default: $XDG_STATE_HOME/throng or ~/.local/state/throng]
    #[arg(long, value_name = "DIR", env = "THRONG_STATE_DIR")]
    pub state_dir: Option<String>,

    /// Requests a second, at most [default: 1000]
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
