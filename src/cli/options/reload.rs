use clap::Args;

/// How changed scripts reach the users who are out.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Reloads")]
pub struct ReloadWords {
    /// How a change of the script folders is noticed: auto, native, poll or off [default: auto]
    ///
    /// native is the system's own watching, poll looks again and again, auto polls where there is nothing native; off
    /// leaves it to `throng ctl reload`.
    #[arg(long, value_name = "HOW", env = "THRONG_WATCH")]
    pub watch: Option<String>,

    /// When users move to changed scripts: step, session or now [default: step]
    ///
    /// Before their next step, with their next session, or at once, which cuts the step under way.
    #[arg(long, value_name = "WHEN", env = "THRONG_RELOAD_AT")]
    pub reload_at: Option<String>,

    /// Let a share of the users try changed scripts for a time first: 10%/20s [default: all at once]
    #[arg(
        long,
        value_name = "SHARE/TIME",
        env = "THRONG_CANARY",
        allow_hyphen_values = true
    )]
    pub canary: Option<String>,

    /// Points of failure or script-error rate that a canary may be worse by before it is rolled back [default: 2]
    #[arg(
        long,
        value_name = "POINTS",
        env = "THRONG_CANARY_TOLERANCE",
        allow_hyphen_values = true
    )]
    pub canary_tolerance: Option<String>,
}
