use clap::Args;

/// When the run ends itself, what it may at most do, and how it spares a target that suffers.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Safety")]
pub struct SafetyWords {
    /// End the run when this is so: 'MEASURE > VALUE for TIME'; may be repeated [default: failed > 90% for 60s, errors > 50% for 15s, p99 > 10s for 30s]
    ///
    /// Measures: failed, errors, unexpected (shares of the requests), p50, p90, p95, p99 (service times), rate (requests
    /// a second), script_errors (share of the steps), failed_checks (share of the checks). Also < for >. A rule takes the
    /// place of the default rule for its measure; the others stay. In the environment several have semicolons between them.
    #[arg(
        long,
        value_name = "RULE",
        env = "THRONG_STOP_IF",
        value_delimiter = ';',
        allow_hyphen_values = true
    )]
    pub stop_if: Vec<String>,

    /// Never end the run for what it does to the target
    #[arg(long, env = "THRONG_NO_VALVE", value_parser = super::flag::flag())]
    pub no_valve: bool,

    /// Most requests a second of the whole run, evenly spaced
    #[arg(
        long,
        value_name = "N",
        env = "THRONG_MAX_RPS",
        allow_hyphen_values = true
    )]
    pub max_rps: Option<String>,

    /// Most connections of the whole run that are open at once, idle ones included
    #[arg(
        long,
        value_name = "N",
        env = "THRONG_MAX_CONNECTIONS",
        allow_hyphen_values = true
    )]
    pub max_connections: Option<String>,

    /// Leave a target, or one of its endpoints, alone after so many network errors or 5xx in a row; 0 never [default: 20]
    ///
    /// One request tries again after a while; users wait until it is answered.
    #[arg(
        long,
        value_name = "N",
        env = "THRONG_BREAKER",
        allow_hyphen_values = true
    )]
    pub breaker: Option<String>,

    /// The same as --breaker 0
    #[arg(long, hide = true, env = "THRONG_NO_BREAKER", value_parser = super::flag::flag())]
    pub no_breaker: bool,

    /// Let a request time out after 1.5 times what 95 of 100 of its endpoint take: 100ms to 30s
    #[arg(long, env = "THRONG_ADAPTIVE_TIMEOUT", value_parser = super::flag::flag())]
    pub adaptive_timeout: bool,

    /// Leave out steps that scripts mark as heavy while the target suffers
    #[arg(long, env = "THRONG_DEGRADE", value_parser = super::flag::flag())]
    pub degrade: bool,
}
