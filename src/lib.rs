//! Fills an HTTP API with users.

pub mod http;
