use clap::Args;

/// What is shown, and where.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Output")]
pub struct OutputOptions {
    /// Log each request
    #[arg(short, long, env = "THRONG_VERBOSE", value_parser = super::flag::flag())]
    pub verbose: bool,

    /// Also log headers and bodies, with secrets masked
    #[arg(long, env = "THRONG_DEBUG", value_parser = super::flag::flag())]
    pub debug: bool,

    /// No progress, only the summary and errors
    #[arg(short, long, env = "THRONG_QUIET", value_parser = super::flag::flag())]
    pub quiet: bool,

    /// Show the run in a full-screen view, with keys to control it; plain progress if there is no terminal or it is too small
    #[arg(long, env = "THRONG_TUI", value_parser = super::flag::flag())]
    pub tui: bool,

    /// The summary at the end: short (the top 15 of each table), full or none [default: short]
    #[arg(long, value_name = "WHICH", env = "THRONG_SUMMARY")]
    pub summary: Option<String>,

    /// Write the summary as JSON to this file
    #[arg(long, value_name = "FILE", env = "THRONG_SUMMARY_JSON")]
    pub summary_json: Option<String>,

    /// Write a report to this file at the end, in the format of its extension: .html (the live page), .json (as
    /// --summary-json), .xml (JUnit), .csv (the course of the run) or .md (for a pull request); may be repeated
    ///
    /// In the environment several are separated by semicolons.
    #[arg(
        long,
        value_name = "FILE",
        env = "THRONG_REPORT",
        value_delimiter = ';'
    )]
    pub report: Vec<String>,

    /// Address of the live page, /metrics and the control API [default: 127.0.0.1:9900, or a free port if that one is in use]
    #[arg(long, value_name = "ADDR", env = "THRONG_LISTEN")]
    pub listen: Option<String>,

    /// Token required to control the run: 8 or more characters, or @FILE [default: made, and printed]
    #[arg(
        long,
        value_name = "TOKEN",
        env = "THRONG_TOKEN",
        hide_env_values = true
    )]
    pub token: Option<String>,

    /// Allow editing the scripts on the live page, with the token
    #[arg(long, env = "THRONG_EDIT", value_parser = super::flag::flag())]
    pub edit: bool,

    /// Open the live page in the browser when the run starts, signed in
    #[arg(long, env = "THRONG_OPEN", value_parser = super::flag::flag())]
    pub open: bool,

    /// Open no port
    #[arg(long, env = "THRONG_NO_LISTEN", value_parser = super::flag::flag())]
    pub no_listen: bool,

    /// Keep the port of --listen open for this long after the run, so that its last figures are read: 30, 5m
    #[arg(
        long,
        value_name = "TIME",
        env = "THRONG_LINGER",
        allow_hyphen_values = true
    )]
    pub linger: Option<String>,

    /// Format of log lines: text or json [default: text]
    #[arg(long, value_name = "FORMAT", env = "THRONG_LOG_FORMAT")]
    pub log_format: Option<String>,

    /// When to use colours: auto, always or never [default: auto]
    #[arg(long, value_name = "WHEN", env = "THRONG_COLOR")]
    pub color: Option<String>,
}
