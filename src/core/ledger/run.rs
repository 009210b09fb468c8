use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// The run of a ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// Its id, which its requests carry.
    pub id: String,
    /// When it started: seconds since 1970 (UTC).
    pub started: u64,
    /// The version of throng that ran it.
    pub version: String,
    /// How its target is reached.
    pub target: Target,
}

/// A value that is never shown.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(pub String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// How the target of a run is reached, so that a later clean-up reaches it the same way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// The base URL, with its path.
    pub base_url: String,
    /// Absolute paths of CA files, and of the client certificate and key.
    pub ca: Option<PathBuf>,
    /// Certificate and key.
    pub identity: Option<(PathBuf, PathBuf)>,
    /// Trust any certificate.
    pub insecure: bool,
    /// Addresses instead of lookups: host, port, address.
    pub resolve: Vec<(String, u16, IpAddr)>,
    /// Where else requests may go, as `--allow-host` has it.
    pub allowed: Vec<String>,
    /// The proxy's URL, which may hold a password.
    pub proxy: Option<Secret>,
    /// `auto`, `1` or `2`.
    pub http: String,
    /// Connect timeout.
    pub connect_timeout: Duration,
    /// Request timeout.
    pub request_timeout: Duration,
    /// Maximum response body, in bytes.
    pub body_limit: usize,
    /// Whether requests have `X-Throng-Run`.
    pub run_header: bool,
}

impl Target {
    /// A target with default settings.
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
