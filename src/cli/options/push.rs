use clap::Args;

/// Where the run is written to while it runs.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Outputs while running")]
pub struct PushOptions {
    /// Push the metrics of /metrics to this URL by Prometheus remote write 1.0
    #[arg(
        long,
        value_name = "URL",
        env = "THRONG_REMOTE_WRITE",
        hide_env_values = true
    )]
    pub remote_write: Option<String>,

    /// Send this header with each push, as 'Name: value', or those of @FILE, a line each; may be repeated
    ///
    /// In the environment several are separated by line breaks.
    #[arg(
        long,
        value_name = "HEADER",
        env = "THRONG_REMOTE_WRITE_HEADER",
        hide_env_values = true,
        value_delimiter = '\n'
    )]
    pub remote_write_header: Vec<String>,

    /// Push metrics, and with --trace-context spans, to this URL by OTLP over HTTP: http://127.0.0.1:4318
    #[arg(long, value_name = "URL", env = "THRONG_OTLP", hide_env_values = true)]
    pub otlp: Option<String>,

    /// Send this header with each export, as 'Name: value', or those of @FILE, a line each; may be repeated
    ///
    /// In the environment several are separated by line breaks.
    #[arg(
        long,
        value_name = "HEADER",
        env = "THRONG_OTLP_HEADER",
        hide_env_values = true,
        value_delimiter = '\n'
    )]
    pub otlp_header: Vec<String>,

    /// Time between two pushes of metrics: 5, 15s, 1m [default: 5]
    #[arg(
        long,
        value_name = "TIME",
        env = "THRONG_PUSH_INTERVAL",
        allow_hyphen_values = true
    )]
    pub push_interval: Option<String>,

    /// Add this label to everything that is pushed, such as env=staging; job and instance have defaults; may be repeated
    ///
    /// In the environment several are separated by commas.
    #[arg(
        long,
        value_name = "NAME=VALUE",
        env = "THRONG_PUSH_LABEL",
        value_delimiter = ','
    )]
    pub push_label: Vec<String>,

    /// Write requests to this file, a line of JSON each: .jsonl, or .jsonl.zst for a compressed one
    #[arg(long, value_name = "FILE", env = "THRONG_SAMPLES")]
    pub samples: Option<String>,

    /// Share of the requests that --samples writes; failures always are [default: 100%]
    #[arg(
        long,
        value_name = "SHARE",
        env = "THRONG_SAMPLES_RATE",
        allow_hyphen_values = true
    )]
    pub samples_rate: Option<String>,
}
