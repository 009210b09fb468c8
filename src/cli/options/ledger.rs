use clap::Args;

/// Where what the run creates is recorded.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Ledger")]
pub struct LedgerOptions {
    /// Folder of the ledgers, which hold what runs created [default: $XDG_STATE_HOME/throng or ~/.local/state/throng]
    #[arg(long, value_name = "DIR", env = "THRONG_STATE_DIR")]
    pub state_dir: Option<String>,

    /// What happens when the ledger cannot be written: required or best-effort [default: required]
    ///
    /// required: nothing is created that is not recorded, and the run stops. best-effort: the run continues and keeps
    /// in memory what it could not write.
    #[arg(long, value_name = "HOW", env = "THRONG_LEDGER")]
    pub ledger: Option<String>,

    /// Maximum requests a second of a clean-up [default: 1000]
    #[arg(
        long,
        value_name = "N",
        env = "THRONG_CLEANUP_RPS",
        allow_hyphen_values = true
    )]
    pub cleanup_rps: Option<String>,
}
