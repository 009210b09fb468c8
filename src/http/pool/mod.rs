//! The connections of one user that are open: idle ones of HTTP/1.1, shared ones of HTTP/2.
//!
//! In: connections that were made or given back. Out: one that can carry the next request.
//! It must never know requests, cookies or timeouts.

mod idle;

pub(crate) use idle::{Connection, Pool};
