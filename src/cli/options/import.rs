use clap::Args;

/// What a behaviour is made of.
#[derive(Debug, Args)]
pub struct ImportOptions {
    /// Make it of a recording: a file, or the URL of one
    #[arg(long, value_name = "FILE|URL")]
    pub from: Option<String>,

    /// What the recording is: har [default: what it looks like]
    #[arg(long, value_name = "FORMAT", requires = "from")]
    pub format: Option<String>,
}
