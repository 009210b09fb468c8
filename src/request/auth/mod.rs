//! Tokens of a user, and the calls that get and renew them.

pub mod calls;
pub mod scheme;
pub mod tokens;
