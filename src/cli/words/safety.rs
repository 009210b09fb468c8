use clap::Args;

/// When the run ends itself.
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
    #[arg(long, env = "THRONG_NO_VALVE", value_parser = super::flag())]
    pub no_valve: bool,
}
