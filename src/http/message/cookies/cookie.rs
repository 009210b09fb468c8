//! What a cookie is, and why one is not kept.

use super::line::LONGEST;

/// A cookie as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cookie {
    /// Empty for a cookie that has no name.
    pub name: Box<[u8]>,
    /// As it came, with its quotes.
    pub value: Box<[u8]>,
    /// In small letters, without a leading dot.
    pub domain: Box<str>,
    /// Begins with a slash.
    pub path: Box<[u8]>,
    /// Whether it goes to its domain alone, and to no host below.
    pub host_only: bool,
    /// Whether it goes over https alone, or to this machine.
    pub secure: bool,
    /// Whether a page's own scripts would not see it.
    pub http_only: bool,
    /// Milliseconds since 1970; none: with the session.
    pub expires: Option<i64>,
}

impl Cookie {
    pub(super) fn is_alive(&self, now: i64) -> bool {
        self.expires.is_none_or(|end| end > now)
    }

    /// Whether one replaces the other (RFC 6265bis, 5.7).
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.name == other.name
            && self.domain == other.domain
            && self.host_only == other.host_only
            && self.path == other.path
    }

    /// Adds `name=value`, or the value alone where there is no name.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        if !self.name.is_empty() {
            out.extend_from_slice(&self.name);
            out.push(b'=');
        }
        out.extend_from_slice(&self.value);
    }
}

/// A cookie that is set by hand.
#[derive(Debug, Clone, Copy, Default)]
pub struct NewCookie<'a> {
    pub name: &'a [u8],
    pub value: &'a [u8],
    /// Empty: the host of the place where it is set, and no host below.
    pub domain: &'a [u8],
    /// Begins with a slash; none: the folder of the place where it is set.
    pub path: Option<&'a [u8]>,
    /// Seconds that it lives; none: with the session.
    pub max_age: Option<i64>,
    pub secure: bool,
    pub http_only: bool,
}

/// Why a cookie is not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CookieError {
    #[error(
        "its name has spaces around it, or a control character, a semicolon or an equals sign in it"
    )]
    Name,
    #[error("its value has spaces around it, or a control character or a semicolon in it")]
    Value,
    #[error("it has no name")]
    Empty,
    #[error("name and value have more than {} bytes", LONGEST)]
    TooLong,
    #[error("its path does not begin with /, or has a control character or a semicolon in it")]
    Path,
    #[error("its domain is neither the host nor above it")]
    Domain,
    #[error("anybody may have hosts below its domain (publicsuffix.org)")]
    PublicSuffix,
    #[error("it is for https alone, and the URL is none")]
    Insecure,
    #[error("a cookie of that name is for https alone, and the URL is none")]
    Overlays,
    #[error("__Secure- wants secure, and __Host- also the path / and no domain")]
    Prefix,
    #[error("there are {0} cookies already")]
    Full(usize),
}
