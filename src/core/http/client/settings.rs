//! Settings of a whole run: how connections are made, which certificates are trusted, timeouts.

use std::sync::Arc;
use std::time::Duration;

use super::departures::Departures;
use crate::http::connect::HttpVersion;
use crate::http::connect::Reach;
use crate::http::connect::tls;
use crate::http::connect::tls::{TlsError, TlsSettings};
use crate::http::connect::{Lookup, Resolve};
use crate::http::connect::{Proxy, ProxyError};
use crate::http::message::OriginError;

/// Until the connection is usable: lookup, TCP and TLS together.
pub const DEFAULT_CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// From the call of `send` to the last byte of the response.
pub const DEFAULT_REQUEST_TIMEOUT: Duration = Duration::from_secs(30);
/// Bytes of one body, as received and as decoded.
pub const DEFAULT_BODY_LIMIT: usize = 10 * 1024 * 1024;
/// Concurrent connections of one user, as in browsers for HTTP/1.1.
pub const DEFAULT_CONNECTIONS_PER_USER: usize = 6;

/// Plain data, built from the options. [`Settings::load`] turns it into what shards use.
#[derive(Debug, Clone)]
pub struct Settings {
    pub connect_timeout: Duration,
    pub request_timeout: Duration,
    /// The longest body in bytes, as received and as decoded.
    pub body_limit: usize,
    pub tls: TlsSettings,
    pub resolve: Vec<Resolve>,
    /// How addresses of hosts are resolved.
    pub lookup: Lookup,
    /// The hosts to which connections are allowed.
    pub reach: Reach,
    /// `http://[user:password@]host:port`: plain requests go through it, https by CONNECT.
    pub proxy: Option<String>,
    pub http_version: HttpVersion,
    pub user_agent: String,
    /// The id that each request carries as `X-Throng-Run`.
    pub run: Option<String>,
    /// Accept gzip, br and zstd, and decode them.
    pub decompress: bool,
    /// Connections of one user at a time (HTTP/1.1); further requests wait.
    pub connections_per_user: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            connect_timeout: DEFAULT_CONNECT_TIMEOUT,
            request_timeout: DEFAULT_REQUEST_TIMEOUT,
            body_limit: DEFAULT_BODY_LIMIT,
            tls: TlsSettings::default(),
            resolve: Vec::new(),
            lookup: Lookup::System,
            reach: Reach::anywhere(),
            proxy: None,
            http_version: HttpVersion::Auto,
            run: None,
            user_agent: concat!("throng/", env!("CARGO_PKG_VERSION")).to_owned(),
            decompress: true,
            connections_per_user: DEFAULT_CONNECTIONS_PER_USER,
        }
    }
}

/// Why settings cannot be used; found before the first request.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    #[error("the base URL {0}")]
    Home(#[from] OriginError),
    #[error(
        "{0} is an address from which cloud machines get their credentials; throng never connects to it"
    )]
    Metadata(String),
    #[error(transparent)]
    Tls(#[from] TlsError),
    #[error(transparent)]
    Proxy(#[from] ProxyError),
    #[error("the run's id {0:?} has a line break")]
    Run(String),
    #[error("the user agent {0:?} has a line break")]
    UserAgent(String),
    #[error("a user needs at least one connection")]
    NoConnections,
}

impl Settings {
    /// Reads and checks the files, once for all shards. Reading the system's certificates takes some milliseconds.
    pub fn load(&self) -> Result<LoadedSettings, SettingsError> {
        if self.user_agent.bytes().any(|byte| byte < b' ') {
            return Err(SettingsError::UserAgent(self.user_agent.clone()));
        }
        if let Some(run) = self
            .run
            .as_ref()
            .filter(|run| run.bytes().any(|byte| byte < b' '))
        {
            return Err(SettingsError::Run(run.clone()));
        }
        if self.connections_per_user == 0 {
            return Err(SettingsError::NoConnections);
        }
        if let Some(place) = self.reach.forbidden_home() {
            return Err(SettingsError::Metadata(place.to_owned()));
        }
        let proxy = self.proxy.as_deref().map(Proxy::parse).transpose()?;
        Ok(LoadedSettings {
            settings: Arc::new(self.clone()),
            tls: tls::Config::load(&self.tls, self.http_version)?,
            proxy: proxy.map(Arc::new),
            departures: None,
        })
    }
}

/// Settings with their files read: cheap to clone, sent to each shard.
#[derive(Debug, Clone)]
pub struct LoadedSettings {
    pub(crate) settings: Arc<Settings>,
    pub(crate) tls: tls::Config,
    pub(crate) proxy: Option<Arc<Proxy>>,
    pub(super) departures: Option<Arc<dyn Departures>>,
}

impl LoadedSettings {
    /// The same, with what requests pass right before they leave.
    #[must_use]
    pub fn with_departures(mut self, departures: Option<Arc<dyn Departures>>) -> Self {
        self.departures = departures;
        self
    }

    /// Timeout of requests that do not set their own.
    pub fn request_timeout(&self) -> Duration {
        self.settings.request_timeout
    }
}
