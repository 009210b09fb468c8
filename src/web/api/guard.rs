//! Who may ask, and who may steer.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::{Problem, Site};
use crate::web::Control;

/// Lets through what may read the API. On loopback that is whoever says so in its `Host` header: a page from elsewhere
/// whose name was made to point here says its own name. On any other address it is whoever shows the token.
pub(super) async fn admit(State(site): State<Site>, request: Request, next: Next) -> Response {
    let admitted = if is_loopback(site.bound.ip()) {
        addressed(request.headers(), site.bound)
    } else {
        key_holder(&site, request.headers()).map(drop)
    };
    match admitted {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

/// The way to the run, for whoever shows its token.
pub(super) fn key_holder<'a>(site: &'a Site, headers: &HeaderMap) -> Result<&'a Control, Problem> {
    let Some(control) = &site.control else {
        return Err(Problem::new(
            StatusCode::FORBIDDEN,
            "this run cannot be steered from here",
        ));
    };
    let Some(shown) = bearer(headers) else {
        return Err(Problem::new(
            StatusCode::UNAUTHORIZED,
            "this needs the run's token, which it printed when it began or was given by --token: send the header `Authorization: Bearer TOKEN`",
        ));
    };
    if control.token().is(shown) {
        Ok(control)
    } else {
        Err(Problem::new(
            StatusCode::UNAUTHORIZED,
            "that is not the token of this run, which it printed when it began or was given by --token",
        ))
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("Bearer").then(|| token.trim())
}

fn addressed(headers: &HeaderMap, bound: SocketAddr) -> Result<(), Problem> {
    let host = headers
        .get(header::HOST)
        .and_then(|value| value.to_str().ok());
    if host.is_some_and(|host| is_here(name(host), bound.ip())) {
        return Ok(());
    }
    Err(Problem::new(
        StatusCode::FORBIDDEN,
        format!(
            "requests for {} are not answered, since another site may have sent them; ask for http://{bound} or http://localhost:{}",
            host.map_or_else(|| "no host".to_owned(), |host| format!("the host {host:?}")),
            bound.port()
        ),
    ))
}

/// The host without its port, and an IPv6 address without its brackets.
fn name(host: &str) -> &str {
    if let Some(bracketed) = host.strip_prefix('[') {
        return bracketed.split(']').next().unwrap_or_default();
    }
    host.split(':').next().unwrap_or_default()
}

fn is_here(name: &str, bound: IpAddr) -> bool {
    name.eq_ignore_ascii_case("localhost")
        || name
            .parse::<IpAddr>()
            .is_ok_and(|address| is_loopback(address) || address == bound)
}

fn is_loopback(address: IpAddr) -> bool {
    address.to_canonical().is_loopback()
}
