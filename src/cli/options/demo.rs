use clap::Args;

use super::run::RunOptions;

/// The options of a demo.
#[derive(Debug, Args)]
pub struct DemoOptions {
    /// Keep the users the same over the time, without the demo's plan of two short days and an incident
    #[arg(long, env = "THRONG_FLAT", value_parser = super::flag::flag())]
    pub flat: bool,

    #[command(flatten)]
    pub run: RunOptions,
}

impl DemoOptions {
    /// Whether the demo's own plan holds: users who come and go have no number of sessions.
    pub fn has_plan(&self) -> bool {
        !self.flat && self.run.length.sessions.is_none()
    }
}
