use clap::Args;

/// What the users connect to.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Target")]
pub struct TargetOptions {
    /// The target; paths of scripts are appended (Locust: --host) [default: http://localhost]
    #[arg(
        short,
        long,
        alias = "host",
        value_name = "URL",
        env = "THRONG_BASE_URL"
    )]
    pub base_url: Option<String>,

    /// Answer all requests by this Lua file instead of the network: it returns a table of routes
    ///
    /// No byte leaves the process; --base-url is only what requests are named after. The run has one thread, since the file
    /// is one server. docs/reference/mock.md describes it.
    #[arg(long, value_name = "FILE", env = "THRONG_MOCK")]
    pub mock: Option<String>,

    /// Allow users to connect to this host too: a host, an address or a range such as 10.0.0.0/8; may be repeated
    ///
    /// They connect to the host of --base-url otherwise, whatever scripts and redirects say. In the environment several are
    /// separated by commas.
    #[arg(
        long,
        value_name = "HOST[:PORT]|CIDR",
        env = "THRONG_ALLOW_HOST",
        value_delimiter = ','
    )]
    pub allow_host: Vec<String>,
}
