//! The cookie jar of one user: storage and retrieval (RFC 6265bis, 5.7 and 5.8).

use std::cell::RefCell;
use std::time::{SystemTime, UNIX_EPOCH};

use super::cookie::{Cookie, CookieError, NewCookie};
use super::line::Line;
use super::{domain, line};
use crate::http::message::headers::{Headers, Hints, is_control};
use crate::http::message::origin::Origin;
use crate::http::message::request::Request;

/// Maximum cookies of one user. Browsers keep some 180 per site; further ones are dropped.
const MOST: usize = 180;

/// The cookies of one user.
#[derive(Debug, Default)]
pub struct Jar {
    /// In the order in which they are sent: longer paths first, then older ones.
    cookies: RefCell<Vec<Cookie>>,
}

/// The parts of a URL that matter for cookies.
#[derive(Clone, Copy)]
struct Place<'a> {
    host: &'a str,
    path: &'a [u8],
    secure: bool,
}

impl<'a> Place<'a> {
    fn of(origin: &'a Origin, target: &'a str) -> Self {
        let host = origin.host();
        let path = target.split(['?', '#']).next().unwrap_or_default();
        Self {
            host,
            path: path.as_bytes(),
            secure: origin.is_https() || domain::is_loopback(host),
        }
    }

    /// The folder of the request: the default path of a cookie (5.1.4).
    fn folder(&self) -> &'a [u8] {
        match self.path.iter().rposition(|&byte| byte == b'/') {
            None | Some(0) => b"/",
            Some(end) => &self.path[..end],
        }
    }

    fn gets(&self, cookie: &Cookie) -> bool {
        let is_host = if cookie.host_only {
            self.host == &*cookie.domain
        } else {
            domain::matches(self.host, &cookie.domain)
        };
        is_host && is_below(self.path, &cookie.path) && (self.secure || !cookie.secure)
    }
}

/// Whether a path is within another (5.1.4).
fn is_below(path: &[u8], of: &[u8]) -> bool {
    match path.strip_prefix(of) {
        Some(rest) => rest.is_empty() || of.ends_with(b"/") || rest.starts_with(b"/"),
        None => false,
    }
}

impl Jar {
    /// The value of `Cookie` for a request: the caller's cookies, and those of the jar with other names.
    /// None when the caller's value is sent unchanged.
    pub(crate) fn value_for(&self, request: &Request) -> Option<Vec<u8>> {
        let cookies = self.cookies.borrow();
        let writes = request.headers.has(Hints::COOKIE, "cookie");
        if cookies.is_empty() && !writes {
            return None;
        }
        let place = Place::of(&request.origin, &request.target);
        let now = now();
        let jars = cookies
            .iter()
            .filter(|cookie| cookie.is_alive(now) && place.gets(cookie));
        let mut value = Vec::new();
        let mut fields = 0;
        if writes {
            for own in request.headers.get_all("cookie") {
                join(&mut value, own);
                fields += 1;
            }
        }
        let own = value.len();
        for cookie in jars {
            if own == 0 || !names(&value[..own]).any(|name| name == &*cookie.name) {
                separate(&mut value);
                cookie.write(&mut value);
            }
        }
        (value.len() > own || fields > 1).then_some(value)
    }

    /// Stores what a response sets. Cookies that the RFC rejects are dropped silently, as in browsers.
    pub(crate) fn keep(&self, request: &Request, headers: &Headers) {
        let place = Place::of(&request.origin, &request.target);
        for value in headers.get_all("set-cookie") {
            if let Some(line) = line::parse(value) {
                let _refused = self.store(place, &line, now());
            }
        }
    }

    /// Stores a cookie as if a response of `origin` to a request for `target` had set it.
    ///
    /// # Errors
    /// Why browsers would reject it.
    pub fn set(
        &self,
        origin: &Origin,
        target: &str,
        new: &NewCookie<'_>,
    ) -> Result<(), CookieError> {
        let separates = |byte: u8| is_control(byte) || byte == b';';
        let breaks = |text: &[u8]| text.iter().copied().any(separates);
        let is_padded = |text: &[u8]| text.trim_ascii().len() < text.len();
        if breaks(new.name) || is_padded(new.name) || new.name.contains(&b'=') {
            return Err(CookieError::Name);
        }
        if breaks(new.value) || is_padded(new.value) {
            return Err(CookieError::Value);
        }
        if new.name.is_empty() {
            return Err(CookieError::Empty);
        }
        if new.name.len() + new.value.len() > line::LONGEST {
            return Err(CookieError::TooLong);
        }
        if new
            .path
            .is_some_and(|path| !path.starts_with(b"/") || breaks(path))
        {
            return Err(CookieError::Path);
        }
        let line = Line {
            name: new.name,
            value: new.value,
            domain: new.domain.strip_prefix(b".").unwrap_or(new.domain),
            path: new.path,
            max_age: new.max_age,
            expires: None,
            secure: new.secure,
            http_only: new.http_only,
        };
        self.store(Place::of(origin, target), &line, now())
    }

    /// Takes all of them.
    pub(crate) fn take(&self) -> Self {
        let cookies = self.cookies.take();
        Self {
            cookies: RefCell::new(cookies),
        }
    }

    /// These in place of its own.
    pub(crate) fn replace(&self, other: Self) {
        self.cookies.replace(other.cookies.into_inner());
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.cookies.borrow().is_empty()
    }

    /// Bytes that they take, about.
    pub fn bytes(&self) -> usize {
        let cookies = self.cookies.borrow();
        cookies.iter().map(Cookie::bytes).sum()
    }

    /// The cookies sent with a request for `target`, or all, in the order in which they are sent.
    pub fn cookies(&self, to: Option<(&Origin, &str)>) -> Vec<Cookie> {
        let place = to.map(|(origin, target)| Place::of(origin, target));
        let now = now();
        let is_one =
            |cookie: &&Cookie| cookie.is_alive(now) && place.is_none_or(|place| place.gets(cookie));
        self.cookies
            .borrow()
            .iter()
            .filter(is_one)
            .cloned()
            .collect()
    }

    /// Removes the cookies of a name, or all.
    pub fn forget(&self, name: Option<&[u8]>) {
        let mut cookies = self.cookies.borrow_mut();
        match name {
            Some(name) => cookies.retain(|cookie| *cookie.name != *name),
            // This also frees the memory.
            None => *cookies = Vec::new(),
        }
    }

    fn store(&self, place: Place<'_>, line: &Line<'_>, now: i64) -> Result<(), CookieError> {
        let cookie = admit(place, line, now)?;
        let mut cookies = self.cookies.borrow_mut();
        let overlays = |old: &Cookie| {
            old.secure
                && old.name == cookie.name
                && (domain::matches(&old.domain, &cookie.domain)
                    || domain::matches(&cookie.domain, &old.domain))
                && is_below(&cookie.path, &old.path)
        };
        // A cookie set over https must not be overwritten over plain http, which an attacker could modify.
        if !cookie.secure && !place.secure && cookies.iter().any(overlays) {
            return Err(CookieError::Overlays);
        }
        let known = cookies.iter().position(|old| old.is_same(&cookie));
        if !cookie.is_alive(now) {
            if let Some(known) = known {
                cookies.remove(known);
            }
            return Ok(());
        }
        if let Some(known) = known {
            // It keeps its position: its creation time is that of the cookie that it replaces.
            cookies[known] = cookie;
            return Ok(());
        }
        if cookies.len() >= MOST {
            cookies.retain(|old| old.is_alive(now));
        }
        if cookies.len() >= MOST {
            return Err(CookieError::Full(MOST));
        }
        let longer = |old: &Cookie| old.path.len() >= cookie.path.len();
        let at = cookies.partition_point(longer);
        cookies.insert(at, cookie);
        Ok(())
    }
}

/// The cookie of a line, if its host may set it (RFC 6265bis, 5.7).
fn admit(place: Place<'_>, line: &Line<'_>, now: i64) -> Result<Cookie, CookieError> {
    if line.secure && !place.secure {
        return Err(CookieError::Insecure);
    }
    if !line.domain.is_ascii() {
        return Err(CookieError::Domain);
    }
    let mut domain = String::from_utf8_lossy(line.domain).to_ascii_lowercase();
    if domain::is_public_suffix(&domain) {
        if domain != place.host {
            return Err(CookieError::PublicSuffix);
        }
        domain.clear();
    }
    let host_only = domain.is_empty();
    if !host_only && !domain::matches(place.host, &domain) {
        return Err(CookieError::Domain);
    }
    let path = line.path.unwrap_or_else(|| place.folder());
    let is_root = line.path == Some(b"/");
    let begins = |prefix: &str| {
        let text = if line.name.is_empty() {
            line.value
        } else {
            line.name
        };
        text.get(..prefix.len())
            .is_some_and(|begin| begin.eq_ignore_ascii_case(prefix.as_bytes()))
    };
    let secure = begins("__Secure-");
    let host = begins("__Host-");
    // A value without a name could be read as a prefixed name when it is sent.
    if (secure || host) && (line.name.is_empty() || !line.secure) {
        return Err(CookieError::Prefix);
    }
    if host && !(host_only && is_root) {
        return Err(CookieError::Prefix);
    }
    let expires = match (line.max_age, line.expires) {
        (Some(..=0), _) => Some(i64::MIN),
        (Some(age), _) => Some(now.saturating_add(age.saturating_mul(1_000))),
        (None, Some(at)) => Some(at.saturating_mul(1_000)),
        (None, None) => None,
    };
    Ok(Cookie {
        name: line.name.into(),
        value: line.value.into(),
        domain: if host_only {
            place.host.into()
        } else {
            domain.into()
        },
        path: path.into(),
        host_only,
        secure: line.secure,
        http_only: line.http_only,
        expires,
    })
}

/// The names in a value of `Cookie`.
fn names(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    value.split(|&byte| byte == b';').map(|pair| {
        let at = pair.iter().position(|&byte| byte == b'=');
        // Without a name it is only a value.
        pair[..at.unwrap_or(0)].trim_ascii()
    })
}

/// Removes the cookies of these names from a value of `Cookie`; none when none is left.
pub(crate) fn without(value: &[u8], set: &[&[u8]]) -> Option<Vec<u8>> {
    let mut left = Vec::new();
    let pairs = value.split(|&byte| byte == b';');
    for (pair, name) in pairs.zip(names(value)) {
        if !set.contains(&name) {
            join(&mut left, pair.trim_ascii());
        }
    }
    (!left.is_empty()).then_some(left)
}

/// The names of the cookies that a response sets.
pub(crate) fn names_set(headers: &Headers) -> Vec<&[u8]> {
    let lines = headers.get_all("set-cookie").filter_map(line::parse);
    lines.map(|line| line.name).collect()
}

fn join(value: &mut Vec<u8>, more: &[u8]) {
    if !more.is_empty() {
        separate(value);
        value.extend_from_slice(more);
    }
}

fn separate(value: &mut Vec<u8>) {
    if !value.is_empty() {
        value.extend_from_slice(b"; ");
    }
}

/// Milliseconds since 1970.
fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |time| {
        i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
    })
}
