//! TODO: what comes in, what goes out, what it must never know.

pub mod cookies;
pub mod decode;
pub mod failure;
pub mod headers;
pub mod origin;
pub mod progress;
pub mod redirect;
pub mod request;
pub mod response;
pub mod retry_after;
pub mod timings;
pub mod tls_error;
