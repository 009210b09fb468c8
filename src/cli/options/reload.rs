use clap::Args;

/// How changed scripts reach active users.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Reloads")]
pub struct ReloadOptions {
    /// How a change of the script folders is noticed: auto, native, poll or off [default: auto]
    ///
    /// native uses the system's file events, poll reads the folders repeatedly, auto polls if there are no file events; off
    /// leaves it to `throng ctl reload`.
    #[arg(long, value_name = "HOW", env = "THRONG_WATCH")]
    pub watch: Option<String>,

    /// When users move to changed scripts: step, session or now [default: step]
    ///
    /// Before their next step, with their next session, or at once, which cancels the step in progress.
    #[arg(long, value_name = "WHEN", env = "THRONG_RELOAD_AT")]
    pub reload_at: Option<String>,

    /// When users who are to be of another type change it: session or step [default: session]
    ///
    /// With their next session, or before their next step, by on_stop. Users change type where a script is added or removed,
    /// or a weight changes.
    #[arg(long, value_name = "WHEN", env = "THRONG_MIX_AT")]
    pub mix_at: Option<String>,

    /// Run changed scripts with a share of the users first, for this time: 10%/20s [default: all at once]
    #[arg(
        long,
        value_name = "SHARE/TIME",
        env = "THRONG_CANARY",
        allow_hyphen_values = true
    )]
    pub canary: Option<String>,

    /// Percentage points by which a canary's failure or script-error rate may be worse before it is rolled back [default: 2]
    #[arg(
        long,
        value_name = "POINTS",
        env = "THRONG_CANARY_TOLERANCE",
        allow_hyphen_values = true
    )]
    pub canary_tolerance: Option<String>,
}
