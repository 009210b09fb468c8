use clap::Args;

/// When the run ends. One of the three; without any, each user runs one session.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "How long")]
pub struct LengthOptions {
    /// Run for this long: 300, 5m, 1h30m (Locust: --run-time)
    #[arg(
        short,
        long,
        alias = "run-time",
        value_name = "TIME",
        env = "THRONG_DURATION",
        allow_hyphen_values = true
    )]
    pub duration: Option<String>,

    /// Run until a signal
    #[arg(long, env = "THRONG_CONTINUOUS", value_parser = super::flag::flag())]
    pub continuous: bool,

    /// Run until this many sessions, of all users together, have begun
    #[arg(
        long,
        value_name = "N",
        env = "THRONG_SESSIONS",
        allow_hyphen_values = true
    )]
    pub sessions: Option<String>,

    /// Time over which the users start; 0 is all at once [default: 1 s for each 100 users]
    #[arg(
        long,
        value_name = "TIME",
        env = "THRONG_RAMP",
        allow_hyphen_values = true
    )]
    pub ramp: Option<String>,
}
