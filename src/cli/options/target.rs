use clap::Args;

/// Where the crowd goes.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Target")]
pub struct TargetWords {
    /// The target; paths of scripts are added to it [default: http://localhost]
    #[arg(short, long, value_name = "URL", env = "THRONG_BASE_URL")]
    pub base_url: Option<String>,

    /// Let users connect to this place too: a host, an address or a range such as 10.0.0.0/8; may be repeated
    ///
    /// They connect to the host of --base-url otherwise, whatever scripts and redirects say. In the environment several have
    /// commas between them.
    #[arg(
        long,
        value_name = "HOST[:PORT]|CIDR",
        env = "THRONG_ALLOW_HOST",
        value_delimiter = ','
    )]
    pub allow_host: Vec<String>,
}
