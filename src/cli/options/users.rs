use clap::Args;

/// Which users run.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "What runs")]
pub struct UserOptions {
    /// Number of users (k6: --vus) [default: 100; demo: 60]
    #[arg(
        short,
        long,
        alias = "vus",
        value_name = "N",
        env = "THRONG_USERS",
        allow_hyphen_values = true
    )]
    pub users: Option<String>,

    /// User types to run, separated by commas [default: all]
    ///
    /// The names of the files in the script folder, without `.lua`. Their weights stay as the scripts say.
    #[arg(long, value_name = "A,B", env = "THRONG_USER_TYPES")]
    pub user_types: Option<String>,

    /// Minimum requests per session [default: 10 for a type without a range]
    ///
    /// Clamps the range that a script declares, only when it is given.
    #[arg(
        long,
        visible_alias = "min-request-count",
        value_name = "N",
        env = "THRONG_MIN_REQUESTS",
        allow_hyphen_values = true
    )]
    pub min_requests: Option<String>,

    /// Maximum requests per session [default: 100 for a type without a range]
    ///
    /// Clamps the range that a script declares, only when it is given.
    #[arg(
        long,
        visible_alias = "max-request-count",
        value_name = "N",
        env = "THRONG_MAX_REQUESTS",
        allow_hyphen_values = true
    )]
    pub max_requests: Option<String>,

    /// Per cent of the requests that are deliberate mistakes, where scripts ask random.mistake [default: 15]
    #[arg(
        long,
        value_name = "PCT",
        env = "THRONG_ERROR_RATE",
        allow_hyphen_values = true
    )]
    pub error_rate: Option<String>,

    /// Factor on every think time: 0.5 is half as long, 0 none [default: 1]
    #[arg(
        long,
        value_name = "FACTOR",
        env = "THRONG_THINK_FACTOR",
        allow_hyphen_values = true
    )]
    pub think_factor: Option<String>,

    /// Seed of all randomness: the same seed, the same users and draws [default: drawn, and printed]
    #[arg(
        long,
        value_name = "N",
        env = "THRONG_SEED",
        allow_hyphen_values = true
    )]
    pub seed: Option<String>,

    /// Threads among which the users are divided [default: the number of cores]
    #[arg(
        long,
        value_name = "N",
        env = "THRONG_THREADS",
        allow_hyphen_values = true
    )]
    pub threads: Option<String>,

    /// Delete at the end what the run created
    ///
    /// With --continuous also every --cleanup-interval, for sessions that have ended.
    #[arg(long, env = "THRONG_CLEANUP", value_parser = super::flag::flag())]
    pub cleanup: bool,

    /// Also clean up at this interval during the run; implies --cleanup [default: 3600 with --continuous]
    #[arg(
        long,
        value_name = "SECS",
        env = "THRONG_CLEANUP_INTERVAL",
        allow_hyphen_values = true
    )]
    pub cleanup_interval: Option<String>,

    /// Check everything, print the plan and send nothing
    #[arg(long, env = "THRONG_DRY_RUN", value_parser = super::flag::flag())]
    pub dry_run: bool,

    /// Run one user of this type for one session and show all that it does; the same as `throng try TYPE`
    #[arg(long, value_name = "TYPE", env = "THRONG_TRACE")]
    pub trace: Option<String>,
}
