//! The open connections of one user: idle HTTP/1.1 connections, shared HTTP/2 connections.
//!
//! In: new and returned connections. Out: one for the next request.
//! It must never know requests, cookies or timeouts.

mod idle;

pub(crate) use idle::{Connection, Pool};
