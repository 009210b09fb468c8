use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use axum::http::StatusCode;
use tokio::time::Instant;

use super::login_attempts::LoginAttempts;
use super::token::Token;
use crate::web::problem::Problem;

/// How long a code is good for.
pub const CODE_LIFETIME: Duration = Duration::from_secs(30);

/// What `--open` gives a browser in place of the token: it may be seen in the list of processes, so it is good for one
/// exchange, and not for long.
#[derive(Debug)]
pub struct OneTimeCode {
    code: Mutex<Option<Token>>,
    until: Instant,
}

impl OneTimeCode {
    /// A code that is good from now on.
    pub fn new(code: Token) -> Self {
        Self::lasting(code, CODE_LIFETIME)
    }

    /// The same for another time.
    pub fn lasting(code: Token, lifetime: Duration) -> Self {
        Self {
            code: Mutex::new(Some(code)),
            until: Instant::now() + lifetime,
        }
    }

    /// Whether this is it; then it is used up.
    fn redeem(&self, shown: &str) -> bool {
        let mut code = self.code.lock().unwrap_or_else(PoisonError::into_inner);
        let is_it = code.as_ref().is_some_and(|code| code.is(shown));
        let in_time = Instant::now() < self.until;
        if is_it || !in_time {
            *code = None;
        }
        is_it && in_time
    }
}

/// Whether a client shows the code. Wrong ones are counted with wrong tokens.
///
/// # Errors
/// When it does not, or guesses too often.
pub fn exchange(
    code: Option<&OneTimeCode>,
    attempts: &LoginAttempts,
    client: IpAddr,
    shown: &str,
) -> Result<(), Problem> {
    if let Some(wait) = attempts.locked(client) {
        return Err(Problem::too_many(
            "too many wrong tokens came from your address",
            wait,
        ));
    }
    if code.is_some_and(|code| code.redeem(shown)) {
        return Ok(());
    }
    attempts.failed(client);
    Err(Problem::new(
        StatusCode::UNAUTHORIZED,
        "that code is not valid: one of --open is good for one page, within 30 s of the start of the run; sign in with the run's token",
    ))
}
