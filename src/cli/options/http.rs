use clap::Args;

/// How requests travel.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "HTTP")]
pub struct HttpOptions {
    /// Trust the CAs and certificates in this file (PEM) in addition to the system's
    #[arg(long, value_name = "FILE", env = "THRONG_CA")]
    pub ca: Option<String>,

    /// Client certificate (PEM, with its chain); needs --key
    #[arg(long, value_name = "FILE", env = "THRONG_CERT")]
    pub cert: Option<String>,

    /// The key of --cert (PEM)
    #[arg(long, value_name = "FILE", env = "THRONG_KEY")]
    pub key: Option<String>,

    /// Accept any certificate of the target
    #[arg(long, env = "THRONG_INSECURE", value_parser = super::flag::flag())]
    pub insecure: bool,

    /// Use this address for a host and port instead of DNS; may be repeated
    ///
    /// In the environment several are separated by commas.
    #[arg(
        long,
        value_name = "HOST:PORT:ADDR",
        env = "THRONG_RESOLVE",
        value_delimiter = ','
    )]
    pub resolve: Vec<String>,

    /// Use an HTTP proxy: http://host:port
    #[arg(long, value_name = "URL", env = "THRONG_PROXY", hide_env_values = true)]
    pub proxy: Option<String>,

    /// Timeout for a connection [default: 5]
    #[arg(
        long,
        value_name = "TIME",
        env = "THRONG_CONNECT_TIMEOUT",
        allow_hyphen_values = true
    )]
    pub connect_timeout: Option<String>,

    /// Timeout for a request, from its start to the end of the response [default: 30]
    #[arg(
        long,
        value_name = "TIME",
        env = "THRONG_REQUEST_TIMEOUT",
        allow_hyphen_values = true
    )]
    pub request_timeout: Option<String>,

    /// Maximum size of a response body, after decompression: 500000, 512KiB, 10MiB [default: 10MiB]
    #[arg(
        long,
        value_name = "SIZE",
        env = "THRONG_BODY_LIMIT",
        allow_hyphen_values = true
    )]
    pub body_limit: Option<String>,

    /// Use HTTP/1.1 only
    #[arg(long, env = "THRONG_HTTP1", value_parser = super::flag::flag())]
    pub http1: bool,

    /// Use HTTP/2 only, also without TLS (prior knowledge)
    #[arg(long, env = "THRONG_HTTP2", value_parser = super::flag::flag())]
    pub http2: bool,

    /// Do not send X-Throng-Run, which identifies the run's requests
    #[arg(long, env = "THRONG_NO_RUN_HEADER", value_parser = super::flag::flag())]
    pub no_run_header: bool,

    /// Send traceparent and baggage (W3C Trace Context): each session is a trace, each request a span
    #[arg(long, env = "THRONG_TRACE_CONTEXT", value_parser = super::flag::flag())]
    pub trace_context: bool,

    /// Share of the sessions that the target is asked to sample, with --trace-context [default: 100%]
    #[arg(
        long,
        value_name = "SHARE",
        env = "THRONG_TRACE_SAMPLED",
        allow_hyphen_values = true
    )]
    pub trace_sampled: Option<String>,

    /// Where a trace can be seen, with --trace-context: a URL with {trace_id} in it, for links at failures
    #[arg(long, value_name = "URL", env = "THRONG_TRACE_URL")]
    pub trace_url: Option<String>,
}
