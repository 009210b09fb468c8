use clap::Args;

/// When the run stops itself, its limits, and how it spares an overloaded target.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Safety")]
pub struct SafetyOptions {
    /// Stop the run when this holds: 'MEASURE > VALUE for TIME'; may be repeated [default: failed > 90% for 60s, errors > 50% for 15s, p99 > 10s for 30s]
    ///
    /// Measures: failed, errors, unexpected (shares of the requests), p50, p90, p95, p99 (service times), rate (requests
    /// a second), script_errors (share of the steps), failed_checks (share of the checks). Also < for >. A rule replaces
    /// the default rule for its measure; the others stay. In the environment several are separated by semicolons.
    #[arg(
        long,
        value_name = "RULE",
        env = "THRONG_STOP_IF",
        value_delimiter = ';',
        allow_hyphen_values = true
    )]
    pub stop_if: Vec<String>,

    /// Fail the run (exit 5) when this holds, such as 'failed > 1%' or 'p95 > 300ms'; may be repeated (k6: thresholds, which say what must hold)
    ///
    /// 'MEASURE > VALUE [for TIME|over TIME] [after TIME] [abort]', also < for >. Measures as for --stop-if, and any quantile such as p99.9, mean; of a part: 'p99{name="/users/{id}"} > 1s',
    /// 'failed{type="admin"} > 1%', 'step{checkout} p95 > 2s', 'journey{buy} failed > 5%', 'check{login ok} < 99%',
    /// 'custom{orders} < 10', 'p95{stage="2"} > 300ms'. Without a time the whole run is judged at its end; 'for' is each second
    /// of a time, 'over' the last so long at every second. 'after' leaves out what was before, 'abort' ends the run at once. A
    /// rule with nothing to measure fails, too. In the environment several are separated by semicolons.
    #[arg(
        long,
        value_name = "RULE",
        env = "THRONG_FAIL_IF",
        value_delimiter = ';',
        allow_hyphen_values = true
    )]
    pub fail_if: Vec<String>,

    /// Let a rule of --fail-if pass that names an endpoint, step, check or metric that was never seen
    #[arg(long, env = "THRONG_ALLOW_MISSING", value_parser = super::flag::flag())]
    pub allow_missing: bool,

    /// Fail the run (exit 7) unless the verdict on the generator is valid, so that its figures can be relied on
    #[arg(long, env = "THRONG_STRICT", value_parser = super::flag::flag())]
    pub strict: bool,

    /// Never stop the run because of the target's state
    #[arg(long, env = "THRONG_NO_VALVE", value_parser = super::flag::flag())]
    pub no_valve: bool,

    /// Maximum requests a second of the whole run, evenly spaced
    #[arg(
        long,
        value_name = "N",
        env = "THRONG_MAX_RPS",
        allow_hyphen_values = true
    )]
    pub max_rps: Option<String>,

    /// Maximum open connections of the whole run, idle ones included
    #[arg(
        long,
        value_name = "N",
        env = "THRONG_MAX_CONNECTIONS",
        allow_hyphen_values = true
    )]
    pub max_connections: Option<String>,

    /// Open the circuit breaker of a host or endpoint after this many network errors or 5xx in a row; 0: never [default: 20]
    ///
    /// One request tries again after a while; users wait for its response.
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

    /// Time out requests after 1.5 times the p95 of their endpoint, within 100ms to 30s
    #[arg(long, env = "THRONG_ADAPTIVE_TIMEOUT", value_parser = super::flag::flag())]
    pub adaptive_timeout: bool,

    /// Skip steps that scripts mark as heavy while the target is overloaded
    #[arg(long, env = "THRONG_DEGRADE", value_parser = super::flag::flag())]
    pub degrade: bool,
}
