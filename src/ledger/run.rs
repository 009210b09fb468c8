use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// The run of a ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// Its id, which its requests carry.
    pub id: String,
    /// When it began: seconds since 1970 (UTC).
    pub started: u64,
    /// The throng that ran it.
    pub version: String,
    /// How its target is reached.
    pub target: Target,
}

/// How the target of a run is reached, so that a later clean-up reaches it the same way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// The base URL, with its path.
    pub base_url: String,
    /// Files with authorities, and with a client's certificate and key: absolute.
    pub ca: Option<PathBuf>,
    /// Certificate and key.
    pub identity: Option<(PathBuf, PathBuf)>,
    /// Believe any certificate.
    pub insecure: bool,
    /// Addresses in place of look-ups: host, port, address.
    pub resolve: Vec<(String, u16, IpAddr)>,
    /// Where else requests may go, as `--allow-host` has it.
    pub allowed: Vec<String>,
    /// The proxy's URL: secret, since it may hold a password.
    pub proxy: Option<String>,
    /// `auto`, `1` or `2`.
    pub http: String,
    /// Longest wait for a connection.
    pub connect_timeout: Duration,
    /// Longest time of a request.
    pub request_timeout: Duration,
    /// Longest body of an answer, in bytes.
    pub body_limit: usize,
    /// Whether requests say which run they are of.
    pub run_header: bool,
}

impl Target {
    /// A target that is reached without anything special.
    pub fn plain(base_url: &str) -> Self {
        Self {
            base_url: base_url.to_owned(),
            ca: None,
            identity: None,
            insecure: false,
            resolve: Vec::new(),
            allowed: Vec::new(),
            proxy: None,
            http: "auto".to_owned(),
            connect_timeout: Duration::from_secs(5),
            request_timeout: Duration::from_secs(30),
            body_limit: 10 << 20,
            run_header: true,
        }
    }
}
