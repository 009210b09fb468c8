use clap::Args;

use super::run::RunOptions;

/// Options of a run, by their fields' names, that one user has no use for.
pub const NOT_FOR_ONE: [&str; 27] = [
    "users",
    "user_types",
    "trace",
    "duration",
    "continuous",
    "sessions",
    "ramp",
    "stage",
    "spike",
    "arrivals",
    "arrivals_even",
    "max_users",
    "curve",
    "timezone",
    "day_length",
    "noise",
    "warm_up",
    "threads",
    "dry_run",
    "tui",
    "canary",
    "canary_tolerance",
    "reload_at",
    "mix_at",
    "linger",
    "open",
    "edit",
];

/// The options of `try`.
#[derive(Debug, Args)]
pub struct TryOptions {
    /// The type of the user
    #[arg(value_name = "TYPE")]
    pub kind: String,

    #[command(flatten)]
    pub trace: TraceOptions,

    #[command(flatten)]
    pub run: RunOptions,
}

/// What is made of the trace.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Trace")]
pub struct TraceOptions {
    /// Write the trace to this file as a page with a timeline
    #[arg(long, value_name = "FILE")]
    pub html: Option<String>,

    /// Write the trace to this file as JSON, - for stdout
    #[arg(long, value_name = "FILE")]
    pub json: Option<String>,

    /// Print each request as a curl command, too
    #[arg(long)]
    pub curl: bool,

    /// Stop before each step, or before the step of this name, and read lines of Lua
    #[arg(long, value_name = "STEP", num_args = 0..=1, default_missing_value = "")]
    pub step: Option<String>,
}
