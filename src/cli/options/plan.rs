use clap::Args;

use super::run::RunOptions;

/// What of a plan is printed, and how.
#[derive(Debug, Args)]
pub struct PlanOptions {
    /// Also print the options that are at their defaults
    #[arg(long)]
    pub all: bool,

    /// Print JSON
    #[arg(long)]
    pub json: bool,

    #[command(flatten)]
    pub run: RunOptions,
}
