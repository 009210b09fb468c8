use clap::Args;

use super::LogReadOptions;
use super::run::RunOptions;

/// A log that is played again.
#[derive(Debug, Args)]
pub struct ReplayOptions {
    /// The access log: combined or JSON, packed by gzip or not
    #[arg(value_name = "LOG")]
    pub log_file: String,

    /// How many times as fast as it was
    #[arg(long, value_name = "FACTOR", default_value = "1")]
    pub speed: String,

    /// What the log is: combined or json [default: what it looks like]
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<String>,

    #[command(flatten)]
    pub log: LogReadOptions,

    #[command(flatten)]
    pub run: RunOptions,
}
