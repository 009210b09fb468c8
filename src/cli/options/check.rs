use clap::Args;

use super::run::RunOptions;

/// How scripts are checked.
#[derive(Debug, Args)]
pub struct CheckOptions {
    /// Exit with 3 also when there are warnings only
    #[arg(long)]
    pub deny_warnings: bool,

    /// Print JSON
    #[arg(long)]
    pub json: bool,

    #[command(flatten)]
    pub run: RunOptions,
}
