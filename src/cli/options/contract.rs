use clap::Args;

/// What the target offers, and how much of it the run must use.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Coverage")]
pub struct ContractOptions {
    /// The target's OpenAPI document (3.0 or 3.1, JSON or YAML), a file or a URL: shows what the run covers of it, and checks
    /// responses against their schemas
    #[arg(long, value_name = "FILE|URL", env = "THRONG_OPENAPI")]
    pub openapi: Option<String>,

    /// Exit with 5 when the run covers less of --openapi than this share of the operations: 95%; or of parameters, statuses or
    /// content_types: statuses=40%; may be repeated
    ///
    /// In the environment several are separated by semicolons.
    #[arg(
        long,
        value_name = "SHARE",
        env = "THRONG_MIN_COVERAGE",
        value_delimiter = ';'
    )]
    pub min_coverage: Vec<String>,

    /// With --openapi: do not check responses against their schemas
    #[arg(long, env = "THRONG_NO_SCHEMA_CHECKS", value_parser = super::flag::flag())]
    pub no_schema_checks: bool,
}
