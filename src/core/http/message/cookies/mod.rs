//! One user's cookies, stored and sent as in browsers (RFC 6265bis).
//!
//! Implemented here because the jar is read before each request, and its order has to be that of the RFC.

mod cookie;
mod date;
mod domain;
mod jar;
mod line;

pub use cookie::{Cookie, CookieError, NewCookie};
pub use jar::Jar;
pub(crate) use jar::{names_set, without};
