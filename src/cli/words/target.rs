use clap::Args;

/// Where the crowd goes.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Target")]
pub struct TargetWords {
    /// The target; paths of scripts are added to it [default: http://localhost]
    #[arg(short, long, value_name = "URL", env = "THRONG_BASE_URL")]
    pub base_url: Option<String>,
}
