//! Where requests go: scheme, host and port, parsed once and shared.

use std::fmt;

use url::Url;

/// The two supported schemes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scheme {
    Http,
    Https,
}

impl Scheme {
    /// The scheme as a URL writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }

    /// The default port.
    pub fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }
}

/// Scheme, host and port of a URL (RFC 6454), parsed once and shared as `Rc<Origin>`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Origin {
    scheme: Scheme,
    host: Box<str>,
    port: u16,
    authority: Box<str>,
}

/// Why a URL cannot be requested.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum OriginError {
    #[error("{url:?} is not a URL: {reason}")]
    Url { url: String, reason: String },
    #[error("{url:?} has the scheme {scheme:?}; only http and https are supported")]
    Scheme { url: String, scheme: String },
    #[error("{url:?} names no host")]
    Host { url: String },
    #[error(
        "the URL for {host:?} holds a user or a password, which would not be sent: use an Authorization header"
    )]
    User { host: String },
}

impl Origin {
    /// Splits an absolute URL into its origin and its target: path and query, percent-encoded; the fragment is dropped.
    pub fn parse(url: &str) -> Result<(Self, String), OriginError> {
        let parsed = Url::parse(url).map_err(|error| OriginError::Url {
            url: url.to_owned(),
            reason: error.to_string(),
        })?;
        let origin = Self::of(&parsed)?;
        if !parsed.username().is_empty() || parsed.password().is_some() {
            return Err(OriginError::User {
                host: origin.authority.into(),
            });
        }
        Ok((origin, target(&parsed)))
    }

    /// The origin of a URL that is already parsed.
    pub fn of(url: &Url) -> Result<Self, OriginError> {
        let scheme = match url.scheme() {
            "http" => Scheme::Http,
            "https" => Scheme::Https,
            other => {
                return Err(OriginError::Scheme {
                    url: url.to_string(),
                    scheme: other.to_owned(),
                });
            }
        };
        let Some(host) = url.host_str().filter(|host| !host.is_empty()) else {
            return Err(OriginError::Host {
                url: url.to_string(),
            });
        };
        let port = url.port().unwrap_or_else(|| scheme.default_port());
        let authority = match url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        };
        Ok(Self {
            scheme,
            host: host.trim_matches(['[', ']']).into(),
            port,
            authority: authority.into(),
        })
    }

    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// The host without the brackets of an IPv6 literal.
    pub fn host(&self) -> &str {
        &self.host
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// The value of the `Host` header: with the port only when it is not the default.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    pub fn is_https(&self) -> bool {
        self.scheme == Scheme::Https
    }

    /// `host:port`, always with the port, for messages and CONNECT.
    pub fn address(&self) -> String {
        if self.host.contains(':') {
            format!("[{}]:{}", self.host, self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme.as_str(), self.authority)
    }
}

/// Path and query of a URL, as on the request line.
pub(crate) fn target(url: &Url) -> String {
    match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    }
}
