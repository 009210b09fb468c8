//! Which requests are answered at all: those of this machine's own pages and programs, and those that show the token.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{Request, State};
use axum::http::uri::Authority;
use axum::http::{Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::page;
use super::state::AppState;
use crate::secrets::is_secret_key;
use crate::web::auth::single;
use crate::web::problem::Problem;

/// Answers as long as the process lives.
pub const HEALTH: &str = "/healthz";

/// Lets through what may be asked at all. On loopback that is whatever says so in its `Host` header: a page from
/// elsewhere whose name was made to point here says its own name. On any other address it is anyone who shows the
/// token.
pub async fn admit(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let admitted = check_query(request.uri())
        .and_then(|()| same_origin(&request))
        .and_then(|()| allowed(&state, &request));
    match admitted {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

fn allowed(state: &AppState, request: &Request) -> Result<(), Problem> {
    if is_loopback(state.bound.ip()) {
        return check_host(request, state.bound);
    }
    // Whether the process lives is asked by those who have no token, and says no more.
    // So is the page itself, which holds nothing of the run and asks for the token.
    let path = request.uri().path();
    if path == HEALTH || page::has(path) {
        return Ok(());
    }
    state.access.authenticate(request).map(drop)
}

/// Nothing here takes a query: what is in one stays in histories and in logs of what is in between.
fn check_query(uri: &Uri) -> Result<(), Problem> {
    let query = uri.query().unwrap_or_default();
    // By its name: anyone who could ask whether a value is the token could guess it here.
    for (key, _) in url::form_urlencoded::parse(query.as_bytes()) {
        if is_secret_key(&key) {
            return Err(Problem::new(
                StatusCode::BAD_REQUEST,
                "a token must not be in a URL, since histories and logs keep it: send the header `Authorization: Bearer TOKEN`, and begin the next run with another token if this one was real",
            ));
        }
    }
    Ok(())
}

/// Refuses what the page of another site sends, with a token or without one. Following a link from there is fine.
fn same_origin(request: &Request) -> Result<(), Problem> {
    let headers = request.headers();
    let is = |name: &str, value: &str| headers.get(name).is_some_and(|said| said == value);
    let navigates = request.method() == Method::GET && is("sec-fetch-mode", "navigate");
    let fetch_site = headers.get("sec-fetch-site");
    let of_another = fetch_site.is_some_and(|site| site != "same-origin" && site != "none");
    let origin = headers.get(header::ORIGIN);
    let of_ours = |origin: &header::HeaderValue| {
        let host = single(headers, header::HOST)?;
        let (scheme, authority) = origin.to_str().ok()?.split_once("://")?;
        let web = matches!(scheme, "http" | "https");
        (web && authority.eq_ignore_ascii_case(host)).then_some(())
    };
    if (of_another && !navigates) || origin.is_some_and(|origin| of_ours(origin).is_none()) {
        return Err(Problem::new(
            StatusCode::FORBIDDEN,
            "the page of another site sent this, which is not allowed",
        ));
    }
    Ok(())
}

/// Both names that a request may say must be of this machine. The port does not matter: a tunnel has its own.
fn check_host(request: &Request, bound: SocketAddr) -> Result<(), Problem> {
    let hosts: Vec<_> = request.headers().get_all(header::HOST).iter().collect();
    if hosts.len() > 1 {
        return Err(Problem::new(
            StatusCode::BAD_REQUEST,
            "there are several Host headers",
        ));
    }
    let host = hosts.first().and_then(|value| value.to_str().ok());
    let target = request.uri().authority().map(Authority::as_str);
    let foreign = [host, target]
        .into_iter()
        .flatten()
        .find(|host| !is_this_machine(host, bound.ip()));
    let said = match (foreign, host) {
        (None, Some(_)) => return Ok(()),
        (Some(foreign), _) => format!("the host {foreign:?}"),
        (None, None) => "no host".to_owned(),
    };
    Err(Problem::new(
        StatusCode::FORBIDDEN,
        format!(
            "requests for {said} are not answered, since another site may have sent them; ask for http://{bound} or http://localhost:{}",
            bound.port()
        ),
    ))
}

/// Whether a `Host` names this machine: `localhost` (RFC 6761, also with the dot of the root), loopback, or where it
/// listens.
fn is_this_machine(host: &str, bound: IpAddr) -> bool {
    let Ok(authority) = host.parse::<Authority>() else {
        return false;
    };
    if host.contains('@') {
        return false;
    }
    let (name, port) = host.split_at(authority.host().len());
    let is_port = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit());
    if !port.is_empty() && !port.strip_prefix(':').is_some_and(is_port) {
        return false;
    }
    let name = name.strip_suffix('.').unwrap_or(name);
    let address = name.trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost")
        || address
            .parse::<IpAddr>()
            .is_ok_and(|address| is_loopback(address) || address == bound)
}

fn is_loopback(address: IpAddr) -> bool {
    address.to_canonical().is_loopback()
}
