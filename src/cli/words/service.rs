use clap::Args;

/// The options of `throng service`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Args)]
pub struct ServiceWords {
    /// Where it answers [default: 127.0.0.1:9501]
    #[arg(long, value_name = "ADDR", env = "THRONG_SERVICE_LISTEN")]
    pub listen: Option<String>,

    /// Where it stores: a SQLite file, or :memory: [default: :memory:]
    #[arg(long, value_name = "FILE", env = "THRONG_SERVICE_DB")]
    pub db: Option<String>,

    /// none, or lively: slow and failing answers now and then [default: none]
    #[arg(long, value_name = "KIND", env = "THRONG_SERVICE_FAULTS")]
    pub faults: Option<String>,

    /// Where the randomness of the faults starts
    #[arg(long, value_name = "N", env = "THRONG_SERVICE_SEED")]
    pub seed: Option<u64>,

    /// Address of the first administrator
    #[arg(long, value_name = "ADDRESS", env = "THRONG_SERVICE_ADMIN_EMAIL")]
    pub admin_email: Option<String>,

    /// Password of the first administrator
    #[arg(
        long,
        value_name = "PASSWORD",
        env = "THRONG_SERVICE_ADMIN_PASSWORD",
        hide_env_values = true
    )]
    pub admin_password: Option<String>,
}
