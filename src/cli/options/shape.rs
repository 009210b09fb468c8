use clap::Args;

/// How many users there are over time, or how many arrive.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "What shape")]
pub struct ShapeOptions {
    /// Users over time (k6: --stage): 2m:100,5m:100,1m:0 goes up to 100 in 2 minutes, stays for 5, goes down in 1
    ///
    /// Straight lines from 0 users; 0s:300 jumps. Surplus users leave before their next step, after on_stop. The run ends
    /// with the last stage. Takes the place of --users, --ramp, --duration, --continuous and --sessions.
    #[arg(
        long,
        value_name = "TIME:USERS,...",
        env = "THRONG_STAGE",
        allow_hyphen_values = true
    )]
    pub stage: Option<String>,

    /// Multiply the level for a time: 5m+2m:300% is three times as many from minute 5 on for 2 minutes
    #[arg(
        long,
        value_name = "START+TIME:PCT,...",
        env = "THRONG_SPIKE",
        allow_hyphen_values = true
    )]
    pub spike: Option<String>,

    /// Sessions that arrive: 50/s, or over time 2m:50/s,10m:50/s,1m:0/s
    ///
    /// Each lives its session and leaves, whatever becomes of the others. A rate alone needs --duration or --continuous; one
    /// with times ends the run. Takes the place of --users, --ramp and --sessions.
    #[arg(
        long,
        value_name = "RATE",
        env = "THRONG_ARRIVALS",
        allow_hyphen_values = true
    )]
    pub arrivals: Option<String>,

    /// Space arrivals evenly, in place of a Poisson process
    #[arg(long, env = "THRONG_ARRIVALS_EVEN", value_parser = super::flag::flag())]
    pub arrivals_even: bool,

    /// Most users at a time of a run with arrivals; an arrival beyond is dropped, and counted [default: 10000]
    #[arg(
        long,
        value_name = "N",
        env = "THRONG_MAX_USERS",
        allow_hyphen_values = true
    )]
    pub max_users: Option<String>,

    /// Multiply the level by the hour and the weekday: day, office, shop, or a file of time,factor; none for none
    ///
    /// By the real time of day in --timezone, or compressed by --day-length.
    #[arg(long, value_name = "CURVE", env = "THRONG_CURVE")]
    pub curve: Option<String>,

    /// Time zone of the curve, such as Europe/Berlin [default: UTC]
    #[arg(long, value_name = "ZONE", env = "THRONG_TIMEZONE")]
    pub timezone: Option<String>,

    /// How long a day of the curve takes; the run begins on a Monday at midnight
    #[arg(
        long,
        value_name = "TIME",
        env = "THRONG_DAY_LENGTH",
        allow_hyphen_values = true
    )]
    pub day_length: Option<String>,

    /// Raise and lower the level at random by up to this share, such as 10% or 0.1, by the seed
    #[arg(
        long,
        value_name = "SHARE",
        env = "THRONG_NOISE",
        allow_hyphen_values = true
    )]
    pub noise: Option<String>,

    /// Leave out so much of the beginning in stop rules and in the summary's figures
    #[arg(
        long,
        value_name = "TIME",
        env = "THRONG_WARM_UP",
        allow_hyphen_values = true
    )]
    pub warm_up: Option<String>,
}
