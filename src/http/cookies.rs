//! One user's cookies (RFC 6265), by `cookie_store`; a user that never got one has no jar.

use std::cell::RefCell;

use cookie_store::CookieStore;
use url::Url;

use super::headers::{Headers, Hints, is_control};
use super::request::Request;

/// The longest cookie that is kept, name and value together, in bytes: what browsers take (RFC 6265, 6.1, wants as much).
const LONGEST: usize = 4_096;
/// The most cookies of one user. Browsers keep some 180 of a site; what is set beyond is dropped.
const MOST: usize = 180;

/// The cookies of one user: two words until the first `Set-Cookie`.
#[derive(Debug, Default)]
pub(crate) struct Jar {
    store: RefCell<Option<Box<CookieStore>>>,
}

impl Jar {
    /// The value of `Cookie` for a request; nothing when the caller wrote one.
    pub fn value_for(&self, request: &Request) -> Option<String> {
        let store = self.store.borrow();
        let store = store.as_deref()?;
        if request.headers.has(Hints::COOKIE, "cookie") {
            return None;
        }
        let url = Url::parse(&request.url()).ok()?;
        let mut value = String::new();
        for (name, content) in store.get_request_values(&url) {
            if !value.is_empty() {
                value.push_str("; ");
            }
            value.push_str(name);
            value.push('=');
            value.push_str(content);
        }
        (!value.is_empty()).then_some(value)
    }

    /// Keeps what an answer sets. Cookies that the RFC refuses are dropped in silence, as browsers do.
    pub fn keep(&self, request: &Request, headers: &Headers) {
        let Ok(url) = Url::parse(&request.url()) else {
            return;
        };
        let mut store = self.store.borrow_mut();
        let store = store.get_or_insert_with(Box::default);
        for value in headers.get_all("set-cookie") {
            // Sent back, a control character would have the target refuse every request that follows.
            if value.iter().copied().any(is_control) {
                continue;
            }
            let Ok(text) = std::str::from_utf8(value) else {
                continue;
            };
            let named = text.split(';').next().unwrap_or_default();
            if named.len() > LONGEST {
                continue;
            }
            let name = named.split('=').next().unwrap_or_default().trim();
            // Expired ones go first; one that is there is replaced.
            if store.iter_any().count() >= MOST
                && !store.iter_any().any(|cookie| cookie.name() == name)
            {
                continue;
            }
            let _refused = store.parse(text, &url);
        }
    }

    pub fn clear(&self) {
        self.store.take();
    }
}
