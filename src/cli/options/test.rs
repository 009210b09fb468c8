use clap::Args;

use super::contract::ContractOptions;
use super::scripts::ScriptOptions;

/// How scripts are tested.
#[derive(Debug, Args)]
pub struct TestOptions {
    /// Files or folders of tests [default: every *_test.lua in the script folder and in lib beside it]
    #[arg(value_name = "PATH")]
    pub paths: Vec<String>,

    /// Only tests whose name contains this text; groups are part of it: `visitor > logs in`
    #[arg(long, value_name = "TEXT")]
    pub filter: Option<String>,

    /// How results are written: human, tap (Test Anything Protocol 14) or junit
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub format: String,

    /// Write the results to this file, and a line to stdout
    #[arg(long, value_name = "FILE")]
    pub output: Option<String>,

    /// How long one test may take, in real time: virtual hours cost nothing
    #[arg(long, value_name = "TIME", default_value = "10s")]
    pub timeout: String,

    /// Say which lines of scripts and modules ran
    #[arg(long)]
    pub coverage: bool,

    /// Write that to this file in the format of lcov; implies --coverage
    #[arg(long, value_name = "FILE")]
    pub lcov: Option<String>,

    /// Run again whenever a script, a module or a test is saved
    #[arg(short, long)]
    pub watch: bool,

    /// Paths of scripts are appended to it; nothing connects to it
    #[arg(short, long, value_name = "URL", default_value = "http://localhost")]
    pub base_url: String,

    /// All random values of users whose test names no seed
    #[arg(long, value_name = "NUMBER", default_value = "1")]
    pub seed: String,

    #[command(flatten)]
    pub contract: ContractOptions,

    #[command(flatten)]
    pub scripts: ScriptOptions,
}
