use clap::{Args, Subcommand};

/// Which run, and what to do to it.
#[derive(Debug, Args)]
pub struct CtlWords {
    #[command(subcommand)]
    pub verb: Verb,

    /// The run's id, where several go on
    #[arg(long, value_name = "ID", env = "THRONG_RUN", global = true)]
    pub run: Option<String>,

    /// Where the run listens, such as http://127.0.0.1:9900 [default: the run of this machine]
    #[arg(long, value_name = "URL", env = "THRONG_URL", global = true)]
    pub url: Option<String>,

    /// The run's token, or @FILE [default: as the run left it for its user]
    #[arg(
        long,
        value_name = "TOKEN",
        env = "THRONG_TOKEN",
        hide_env_values = true,
        global = true
    )]
    pub token: Option<String>,

    /// Print the answer of the control API as JSON
    #[arg(long, global = true)]
    pub json: bool,
}

/// What to do.
#[derive(Clone, Debug, Subcommand)]
pub enum Verb {
    /// What the run is doing, and what is wrong with a refused save
    Status,
    /// Every version of every type with its figures
    Versions,
    /// Look at the script folders now, also where they were refused or rolled back
    Reload,
    /// Go back to the release before, or one type to its version before
    Rollback {
        /// The type; without it, all that the last release changed
        #[arg(value_name = "TYPE")]
        kind: Option<String>,
    },
    /// End the canary: the new version is for all
    Promote,
    /// Change users, error_rate, think_factor, canary or weights.TYPE
    Set {
        /// Such as users=300 error_rate=5 weights.new=30
        #[arg(value_name = "KEY=VALUE", required = true)]
        values: Vec<String>,
    },
    /// Begin no step, and stop the run's clock
    Pause,
    /// Go on after a pause
    Resume,
    /// End the run in order
    Stop,
}
