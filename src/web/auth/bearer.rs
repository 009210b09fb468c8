use std::net::IpAddr;

use axum::http::{HeaderMap, StatusCode, header};

use super::login_attempts::LoginAttempts;
use super::token::Token;
use crate::web::problem::Problem;

/// The address that a request came from.
#[derive(Clone, Copy, Debug)]
pub struct Client(pub IpAddr);

/// Whether these headers show the token.
///
/// # Errors
/// When they show none or a wrong one.
pub fn authenticate(
    token: &Token,
    attempts: &LoginAttempts,
    Client(client): Client,
    headers: &HeaderMap,
) -> Result<(), Problem> {
    let Some(shown) = bearer(headers) else {
        return Err(Problem::new(
            StatusCode::UNAUTHORIZED,
            "this needs the run's token, which it printed when it began or was given by --token: send the header `Authorization: Bearer TOKEN`",
        ));
    };
    // The right one is always served: a client may share its address - a proxy's, a NAT's - with one that guesses.
    if token.is(shown) {
        return Ok(());
    }
    if let Some(wait) = attempts.locked(client) {
        return Err(Problem::too_many(
            "too many wrong tokens came from your address",
            wait,
        ));
    }
    attempts.failed(client);
    Err(Problem::new(
        StatusCode::UNAUTHORIZED,
        "that is not the token of this run, which it printed when it began or was given by --token",
    ))
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = single(headers, header::AUTHORIZATION)?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("Bearer").then(|| token.trim())
}

/// The value of a header that came once.
pub fn single(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}
