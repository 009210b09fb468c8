//! Whether a request shows the run's token.
//!
//! In: a request's headers, and the address of its client. Out: that it may, or the problem why not.
//! Must never know: what the request is for, and the run.

mod bearer;
mod login_attempts;
mod one_time_code;
mod token;

pub(super) use bearer::{Client, authenticate, single};
pub(super) use login_attempts::LoginAttempts;
pub(super) use one_time_code::exchange;
pub use one_time_code::{CODE_LIFETIME, OneTimeCode};
pub use token::Token;
