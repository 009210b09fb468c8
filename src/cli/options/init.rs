use clap::Args;

use super::ImportOptions;

/// Where a project begins.
#[derive(Debug, Args)]
pub struct InitOptions {
    /// The folder of the project, which is made if it is not there
    #[arg(value_name = "DIR", default_value = ".")]
    pub dir: String,

    /// The target that the plan file names [default: that of --from, else http://127.0.0.1:9501]
    #[arg(long, value_name = "URL")]
    pub base_url: Option<String>,

    /// Overwrite files that are there
    #[arg(long)]
    pub force: bool,

    #[command(flatten)]
    pub import: ImportOptions,
}

/// A behaviour that is added.
#[derive(Debug, Args)]
pub struct NewOptions {
    /// The type, which is the name of its file: small letters, digits and _
    #[arg(value_name = "NAME")]
    pub name: String,

    /// The script folder
    #[arg(short, long, value_name = "DIR", default_value = "scripts")]
    pub script_dir: String,

    /// Overwrite the file if it is there
    #[arg(long)]
    pub force: bool,

    #[command(flatten)]
    pub import: ImportOptions,
}
