//! Requests, responses and failures as plain data, whatever the version of HTTP.
//!
//! In: what a caller requests and what a connection delivers. Out: checked values, and the rules of HTTP that apply to all
//! versions (cookies, redirects, decoding, timings). It must never know how bytes are sent or where they come from.

mod cookies;
mod decode;
mod failure;
mod headers;
mod origin;
mod progress;
pub mod redirect;
mod request;
mod response;
mod retry_after;
mod system_error;
mod timings;
pub(crate) mod tls_error;

pub use cookies::{Cookie, CookieError, Jar, NewCookie};
pub(crate) use decode::decode;
pub(crate) use failure::HttpError;
pub use failure::{ErrorKind, Failure};
pub(crate) use headers::Hints;
pub use headers::{Headers, InvalidHeader};
pub use origin::{Origin, OriginError, Scheme};
pub use progress::{Phase, Progress};
pub use request::Request;
pub use response::Response;
pub use retry_after::retry_after;
pub(crate) use system_error::shortage;
pub use timings::Timings;
