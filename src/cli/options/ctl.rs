use clap::{Args, Subcommand};

/// Which run, and what to do to it.
#[derive(Debug, Args)]
pub struct CtlOptions {
    #[command(subcommand)]
    pub verb: Verb,

    /// The run's id, if several are in progress
    #[arg(long, value_name = "ID", env = "THRONG_RUN", global = true)]
    pub run: Option<String>,

    /// Where the run listens, such as http://127.0.0.1:9900 [default: the run of this machine]
    #[arg(long, value_name = "URL", env = "THRONG_URL", global = true)]
    pub url: Option<String>,

    /// The run's token, or @FILE [default: from the run's key file]
    #[arg(
        long,
        value_name = "TOKEN",
        env = "THRONG_TOKEN",
        hide_env_values = true,
        global = true
    )]
    pub token: Option<String>,

    /// Print the response of the control API as JSON
    #[arg(long, global = true)]
    pub json: bool,
}

/// What to do.
#[derive(Clone, Debug, Subcommand)]
pub enum Verb {
    /// Figures, settings, scripts, faults and the last events
    Status,
    /// Follow the run: how it stands, users, rate, failures, p95 and thresholds, each second until its end
    Watch,
    /// Print the run's log: events, warnings, what scripts write, failures
    Logs(LogOptions),
    /// Follow one user: its steps, calls, state and log, until its session ends
    Inspect(InspectOptions),
    /// Every version of every type with its figures
    Versions,
    /// Read the script folders now, also if they were refused or rolled back
    Reload,
    /// Roll back to the previous release, or one type to its previous version
    Rollback {
        /// The type; without it, all that the last release changed
        #[arg(value_name = "TYPE")]
        kind: Option<String>,
    },
    /// End the canary: all users run the new version
    Promote,
    /// Change users, error_rate, think_factor, canary, stages, arrivals, curve, workers or weights.TYPE
    Set {
        /// Such as users=300 error_rate=5 weights.new=30
        #[arg(value_name = "KEY=VALUE", required = true)]
        values: Vec<String>,
    },
    /// Begin an incident of the plan, or end it before its time
    Incident {
        /// Its name in the plan
        #[arg(value_name = "NAME")]
        name: String,
        /// How long it holds, such as 2m [default: as long as the plan says]
        #[arg(long = "for", value_name = "TIME")]
        lasts: Option<String>,
        /// End it now
        #[arg(long, conflicts_with = "lasts")]
        end: bool,
    },
    /// Pause the run: no step starts, and its clock stops
    Pause,
    /// Resume the run
    Resume,
    /// Stop the run gracefully
    Stop,
}

/// Which user, and how it is shown.
#[derive(Clone, Debug, Args)]
pub struct InspectOptions {
    /// The number of the user, as the log and the page show it, or a type: one of its users
    #[arg(value_name = "USER")]
    pub user: String,

    /// Show the last session that is over, or the N-th last one that is kept, rather than what the user does from now on
    #[arg(long, value_name = "N", num_args = 0..=1, default_missing_value = "1", allow_negative_numbers = true)]
    pub last: Option<String>,

    /// Show the headers and bodies of each call, with secrets masked
    #[arg(short, long)]
    pub verbose: bool,

    /// Print each request as a curl command, too
    #[arg(long)]
    pub curl: bool,

    /// Write the session to this file at the end, as a page with a timeline
    #[arg(long, value_name = "FILE")]
    pub html: Option<String>,
}

/// Which entries of a run's log.
#[derive(Clone, Debug, Args)]
pub struct LogOptions {
    /// Go on with what is written from now on, until the run ends
    #[arg(short, long)]
    pub follow: bool,

    /// Only what was written in the last time: 30, 5m [default: all that is kept]
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub since: Option<String>,

    /// This level and those above: error, warn, info or debug [default: debug]
    #[arg(long, value_name = "LEVEL")]
    pub level: Option<String>,

    /// Only what is about users of this type
    #[arg(long = "type", value_name = "TYPE")]
    pub user_type: Option<String>,

    /// Only some kinds, separated by commas: run, event, script, failure [default: all]
    #[arg(long, value_name = "KIND,...", value_delimiter = ',')]
    pub kind: Vec<String>,
}
