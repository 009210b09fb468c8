//! Cookies, and why one is rejected.

use super::line::LONGEST;

/// A stored cookie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cookie {
    /// Empty for a cookie without a name.
    pub name: Box<[u8]>,
    /// As received, with its quotes.
    pub value: Box<[u8]>,
    /// In lower case, without a leading dot.
    pub domain: Box<str>,
    /// Begins with a slash.
    pub path: Box<[u8]>,
    /// Whether it is sent to its domain only, and not to subdomains.
    pub host_only: bool,
    /// Whether it is sent over https or to this machine only.
    pub secure: bool,
    /// Whether it is hidden from scripts of a page.
    pub http_only: bool,
    /// Milliseconds since 1970; none: a session cookie.
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

    /// Bytes that it takes, about.
    pub(super) fn bytes(&self) -> usize {
        let texts = self.name.len() + self.value.len() + self.domain.len() + self.path.len();
        size_of::<Self>() + texts
    }

    /// Appends `name=value`, or only the value without a name.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        if !self.name.is_empty() {
            out.extend_from_slice(&self.name);
            out.push(b'=');
        }
        out.extend_from_slice(&self.value);
    }
}

/// A cookie set by a script.
#[derive(Debug, Clone, Copy, Default)]
pub struct NewCookie<'a> {
    pub name: &'a [u8],
    pub value: &'a [u8],
    /// Empty: only the host that sets it.
    pub domain: &'a [u8],
    /// Begins with a slash; none: the folder of the URL that sets it.
    pub path: Option<&'a [u8]>,
    /// Lifetime in seconds; none: a session cookie.
    pub max_age: Option<i64>,
    pub secure: bool,
    pub http_only: bool,
}

/// Why a cookie is rejected.
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
    #[error("its domain is neither the host nor a parent of it")]
    Domain,
    #[error("its domain is a public suffix (publicsuffix.org)")]
    PublicSuffix,
    #[error("it is secure, and the URL is not https")]
    Insecure,
    #[error("a secure cookie of that name exists, and the URL is not https")]
    Overlays,
    #[error("__Secure- requires secure, and __Host- also the path / and no domain")]
    Prefix,
    #[error("there are {0} cookies already")]
    Full(usize),
}
