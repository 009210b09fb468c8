//! Tokens of a user, and the calls that get and renew them.
//!
//! In: how the target logs users in, accounts, and answers to logins. Out: calls as plain data, and the header fields that
//! go along with a request. Must never know: how calls are sent.

pub mod aws;
pub mod calls;
mod challenge;
pub mod digest;
pub mod scheme;
pub mod signer;
pub mod tokens;
