use clap::Args;

/// What is shown, and where.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Output")]
pub struct OutputWords {
    /// Show each request
    #[arg(short, long, env = "THRONG_VERBOSE", value_parser = super::flag::flag())]
    pub verbose: bool,

    /// Show also headers and bodies, with secrets masked
    #[arg(long, env = "THRONG_DEBUG", value_parser = super::flag::flag())]
    pub debug: bool,

    /// Show no progress, only the summary and faults
    #[arg(short, long, env = "THRONG_QUIET", value_parser = super::flag::flag())]
    pub quiet: bool,

    /// Show the run on the whole terminal, with keys to steer it; plain progress where it is too small or none
    #[arg(long, env = "THRONG_TUI", value_parser = super::flag::flag())]
    pub tui: bool,

    /// Write the summary as JSON to this file
    #[arg(long, value_name = "FILE", env = "THRONG_SUMMARY_JSON")]
    pub summary_json: Option<String>,

    /// Where the live page, /metrics and the control API answer [default: 127.0.0.1:9900, or a free port when that one is taken]
    #[arg(long, value_name = "ADDR", env = "THRONG_LISTEN")]
    pub listen: Option<String>,

    /// What whoever steers the run must show: 8 or more characters, or @FILE [default: made, and printed]
    #[arg(
        long,
        value_name = "TOKEN",
        env = "THRONG_TOKEN",
        hide_env_values = true
    )]
    pub token: Option<String>,

    /// Let whoever has the token edit the scripts on the live page
    #[arg(long, env = "THRONG_EDIT", value_parser = super::flag::flag())]
    pub edit: bool,

    /// Open no port
    #[arg(long, env = "THRONG_NO_LISTEN", value_parser = super::flag::flag())]
    pub no_listen: bool,

    /// Keep answering at --listen for this long after the run, so that its last figures are read: 30, 5m
    #[arg(
        long,
        value_name = "TIME",
        env = "THRONG_LINGER",
        allow_hyphen_values = true
    )]
    pub linger: Option<String>,

    /// How log lines look: text or json [default: text]
    #[arg(long, value_name = "FORMAT", env = "THRONG_LOG_FORMAT")]
    pub log_format: Option<String>,

    /// When to use colours: auto, always or never [default: auto]
    #[arg(long, value_name = "WHEN", env = "THRONG_COLOR")]
    pub color: Option<String>,
}
