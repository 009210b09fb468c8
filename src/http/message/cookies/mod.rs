//! One user's cookies, as browsers keep and send them (RFC 6265bis).
//!
//! A jar of our own: it is asked before each request, and what it sends has to be in the RFC's order.

mod cookie;
mod date;
mod domain;
mod jar;
mod line;

pub use cookie::{Cookie, CookieError, NewCookie};
pub use jar::Jar;
pub(crate) use jar::{names_set, without};
