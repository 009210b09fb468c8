use clap::Args;

use super::run::RunOptions;

/// Options of a run, by their fields' names, whose place the search takes.
pub const SET_BY_SEARCH: [&str; 16] = [
    "users",
    "ramp",
    "duration",
    "continuous",
    "sessions",
    "stage",
    "spike",
    "arrivals",
    "curve",
    "timezone",
    "day_length",
    "noise",
    "warm_up",
    "fail_if",
    "allow_missing",
    "trace",
];

/// The options of a search.
#[derive(Debug, Args)]
pub struct SearchOptions {
    #[command(flatten)]
    pub search: LevelOptions,

    #[command(flatten)]
    pub run: RunOptions,
}

/// What is searched for, and between which levels.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Search")]
pub struct LevelOptions {
    /// The objective, what must hold: 'p99 < 300ms, failed < 1%'
    ///
    /// The measures and labels of --fail-if in the opposite sense: each part says what is fine. Parts are separated by commas.
    #[arg(
        long,
        value_name = "OBJECTIVE",
        env = "THRONG_SLO",
        allow_hyphen_values = true
    )]
    pub slo: Option<String>,

    /// The highest level: 500/s for sessions that arrive (open), 500 for users (closed)
    #[arg(
        long,
        value_name = "LEVEL",
        env = "THRONG_AT_MOST",
        allow_hyphen_values = true
    )]
    pub at_most: Option<String>,

    /// The lowest level, which is tried first [default: a 32nd of --at-most]
    #[arg(
        long,
        value_name = "LEVEL",
        env = "THRONG_FROM",
        allow_hyphen_values = true
    )]
    pub from: Option<String>,

    /// Wait at least this long at each level before it is measured [default: 5s]
    #[arg(
        long,
        value_name = "TIME",
        env = "THRONG_SETTLE",
        allow_hyphen_values = true
    )]
    pub settle: Option<String>,

    /// Measure each level for at least this long, up to ten times as long until there are enough samples [default: 15s]
    #[arg(
        long,
        value_name = "TIME",
        env = "THRONG_MEASURE",
        allow_hyphen_values = true
    )]
    pub measure: Option<String>,

    /// Stay at the lowest level at least this long after one that broke; 0: not at all [default: 10s]
    #[arg(
        long,
        value_name = "TIME",
        env = "THRONG_COOLDOWN",
        allow_hyphen_values = true
    )]
    pub cooldown: Option<String>,

    /// How near the level that holds and the one that breaks must be [default: 5%]
    #[arg(
        long,
        value_name = "SHARE",
        env = "THRONG_PRECISION",
        allow_hyphen_values = true
    )]
    pub precision: Option<String>,

    /// How often the knee is looked for: the interval is that of all passes [default: 3]
    #[arg(
        long,
        value_name = "N",
        env = "THRONG_PASSES",
        allow_hyphen_values = true
    )]
    pub passes: Option<String>,

    /// Print the summary as JSON, as --summary-json - does
    #[arg(long)]
    pub json: bool,
}
