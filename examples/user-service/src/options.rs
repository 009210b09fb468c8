//! What the service can be told on its command line. Every option has a default and an environment
//! variable; nothing is read from anywhere else.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use crate::faults::Mood;

/// Where the service listens unless told otherwise.
pub const DEFAULT_LISTEN: &str = "127.0.0.1:9501";
/// Address of the first administrator.
pub const DEFAULT_ADMIN_EMAIL: &str = "admin@example.com";
/// Password of the first administrator: public, hence accepted on loopback only.
pub const DEFAULT_ADMIN_PASSWORD: &str = "Admin-1234-local";
/// Memory of one password hash in KiB; one pass over 1 MiB takes about a millisecond.
pub const DEFAULT_HASH_COST: u32 = 1024;
/// Life of an access token in seconds.
pub const DEFAULT_TOKEN_TTL: u32 = 900;
/// Life of a refresh token in seconds.
pub const DEFAULT_REFRESH_TTL: u32 = 86_400;
/// Connections that the database pool holds.
pub const DEFAULT_POOL_SIZE: u32 = 8;
/// Seed of everything that the service draws by chance (the faults).
pub const DEFAULT_SEED: u64 = 1;
/// What `--rate-limits` switches on: logins a minute per client address.
pub const TABLE_LOGINS_PER_MINUTE: u32 = 5;
/// What `--rate-limits` switches on: password changes an hour per user.
pub const TABLE_PASSWORDS_PER_HOUR: u32 = 3;
/// What `--rate-limits` switches on: calls a minute per token.
pub const TABLE_CALLS_PER_MINUTE: u32 = 100;

/// Options of the service; a caller's own command line can flatten them.
#[derive(Debug, Clone, clap::Args)]
pub struct Options {
    /// Address and port to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDR", default_value = DEFAULT_LISTEN, env = "THRONG_SERVICE_LISTEN")]
    pub listen: SocketAddr,

    /// SQLite file, or :memory: for a temporary one that ends with the service
    #[arg(
        long,
        value_name = "FILE|:memory:",
        default_value = ":memory:",
        env = "THRONG_SERVICE_DB"
    )]
    pub db: Database,

    /// Connections that the database pool holds (at least 2)
    #[arg(long, value_name = "N", default_value_t = DEFAULT_POOL_SIZE, env = "THRONG_SERVICE_POOL_SIZE",
          value_parser = clap::value_parser!(u32).range(2..=256))]
    pub pool_size: u32,

    /// Weather of the service: none, or lively (slow answers, 0.5 % 5xx, 0.2 % dropped connections)
    #[arg(long, value_enum, default_value_t = Mood::None, env = "THRONG_SERVICE_FAULTS")]
    pub faults: Mood,

    /// With lively faults: requests under way beyond which it slows down and refuses 5 % with a 503; 0 is no limit
    #[arg(
        long,
        value_name = "N",
        default_value_t = 0,
        env = "THRONG_SERVICE_CAPACITY"
    )]
    pub capacity: u32,

    /// Seed of the faults: the same seed gives the same sequence
    #[arg(long, value_name = "N", default_value_t = DEFAULT_SEED, env = "THRONG_SERVICE_SEED")]
    pub seed: u64,

    /// Write the metrics to this file at the end, with all that was counted after the last scrape
    #[arg(long, value_name = "FILE", env = "THRONG_SERVICE_LAST_METRICS")]
    pub last_metrics: Option<PathBuf>,

    /// E-mail address of the first administrator
    #[arg(long, value_name = "EMAIL", default_value = DEFAULT_ADMIN_EMAIL, env = "THRONG_SERVICE_ADMIN_EMAIL")]
    pub admin_email: String,

    /// Password of the first administrator; the default is refused when not listening on loopback
    #[arg(long, value_name = "PASSWORD", default_value = DEFAULT_ADMIN_PASSWORD,
          env = "THRONG_SERVICE_ADMIN_PASSWORD", hide_env_values = true)]
    pub admin_password: String,

    /// Memory of one argon2 hash in KiB, one pass (1024 takes about 1 ms)
    #[arg(long, value_name = "KIB", default_value_t = DEFAULT_HASH_COST, env = "THRONG_SERVICE_HASH_COST",
          value_parser = clap::value_parser!(u32).range(8..=1_048_576))]
    pub hash_cost: u32,

    /// Life of an access token in seconds
    #[arg(long, value_name = "SECS", default_value_t = DEFAULT_TOKEN_TTL, env = "THRONG_SERVICE_TOKEN_TTL",
          value_parser = clap::value_parser!(u32).range(1..))]
    pub token_ttl: u32,

    /// Life of a refresh token in seconds
    #[arg(long, value_name = "SECS", default_value_t = DEFAULT_REFRESH_TTL, env = "THRONG_SERVICE_REFRESH_TTL",
          value_parser = clap::value_parser!(u32).range(1..))]
    pub refresh_ttl: u32,

    /// Switch on all three rate limits: 5 logins a minute, 3 password changes an hour, 100 calls a minute
    #[arg(long, env = "THRONG_SERVICE_RATE_LIMITS", value_parser = clap::builder::BoolishValueParser::new())]
    pub rate_limits: bool,

    /// Logins a minute per client address; 0 is no limit [default: 0, or 5 with --rate-limits]
    #[arg(long, value_name = "N", env = "THRONG_SERVICE_LOGINS_PER_MINUTE")]
    pub logins_per_minute: Option<u32>,

    /// Password changes an hour per user; 0 is no limit [default: 0, or 3 with --rate-limits]
    #[arg(long, value_name = "N", env = "THRONG_SERVICE_PASSWORDS_PER_HOUR")]
    pub passwords_per_hour: Option<u32>,

    /// Calls a minute per token; 0 is no limit [default: 0, or 100 with --rate-limits]
    #[arg(long, value_name = "N", env = "THRONG_SERVICE_CALLS_PER_MINUTE")]
    pub calls_per_minute: Option<u32>,
}

/// Where the data lives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Database {
    /// A temporary file that is removed at the end: SQLite's own `:memory:` cannot be shared by a pool in WAL mode.
    Temporary,
    /// A file that stays.
    File(PathBuf),
}

impl FromStr for Database {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            ":memory:" => Ok(Self::Temporary),
            "" => Err("give a file name or :memory:".to_owned()),
            path => Ok(Self::File(path.into())),
        }
    }
}

/// Why a set of options is refused.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum OptionFault {
    #[error(
        "the default administrator password is public, so it is accepted on loopback only: \
         give --admin-password to listen on {0}"
    )]
    PublicPassword(SocketAddr),
    #[error("--admin-email {0:?} is not an e-mail address")]
    AdminEmail(String),
    #[error("--admin-password is too weak: {0}")]
    AdminPassword(&'static str),
}

impl Options {
    /// Refuses what cannot be run safely.
    ///
    /// # Errors
    /// The first [`OptionFault`] found.
    pub fn check(&self) -> Result<(), OptionFault> {
        if !self.listen.ip().is_loopback() && self.admin_password == DEFAULT_ADMIN_PASSWORD {
            return Err(OptionFault::PublicPassword(self.listen));
        }
        if !crate::rules::is_email(&self.admin_email) {
            return Err(OptionFault::AdminEmail(self.admin_email.clone()));
        }
        crate::rules::strong_password(&self.admin_password).map_err(OptionFault::AdminPassword)
    }

    /// True when the administrator is the documented one, so that its password may be printed.
    #[must_use]
    pub fn has_default_admin(&self) -> bool {
        self.admin_password == DEFAULT_ADMIN_PASSWORD
    }

    pub(crate) fn token_life(&self) -> Duration {
        Duration::from_secs(self.token_ttl.into())
    }

    pub(crate) fn refresh_life(&self) -> Duration {
        Duration::from_secs(self.refresh_ttl.into())
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 9501)),
            db: Database::Temporary,
            pool_size: DEFAULT_POOL_SIZE,
            faults: Mood::None,
            capacity: 0,
            seed: DEFAULT_SEED,
            last_metrics: None,
            admin_email: DEFAULT_ADMIN_EMAIL.to_owned(),
            admin_password: DEFAULT_ADMIN_PASSWORD.to_owned(),
            hash_cost: DEFAULT_HASH_COST,
            token_ttl: DEFAULT_TOKEN_TTL,
            refresh_ttl: DEFAULT_REFRESH_TTL,
            rate_limits: false,
            logins_per_minute: None,
            passwords_per_hour: None,
            calls_per_minute: None,
        }
    }
}
