//! Who may ask, and who may steer.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{Request, State};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::connections::Peer;
use super::page;
use super::state::Site;
use crate::engine::By;
use crate::secrets::is_secret_key;
use crate::web::Control;
use crate::web::problem::Problem;

/// Where it is told that the process lives.
pub(super) const HEALTH: &str = "/healthz";

/// Names the program that asks.
const CLIENT: header::HeaderName = header::HeaderName::from_static("x-throng-client");

/// Lets through what may be asked at all. On loopback that is whatever says so in its `Host` header: a page from
/// elsewhere whose name was made to point here says its own name. On any other address it is anyone who shows the
/// token.
pub(super) async fn admit(State(site): State<Site>, request: Request, next: Next) -> Response {
    let admitted = without_secrets(request.uri())
        .and_then(|()| of_this_site(&request))
        .and_then(|()| known(&site, &request));
    match admitted {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

fn known(site: &Site, request: &Request) -> Result<(), Problem> {
    if is_loopback(site.bound.ip()) {
        return addressed(request, site.bound);
    }
    // Whether the process lives is asked by those who have no token, and says no more.
    // So is the page itself, which holds nothing of the run and asks for the token.
    let path = request.uri().path();
    if path == HEALTH || page::has(path) {
        return Ok(());
    }
    key_holder(site, request).map(drop)
}

/// The way to the run, for anyone who shows its token and gives no more commands than it can take.
pub(in crate::web) fn commander<'a>(
    site: &'a Site,
    request: &Request,
) -> Result<&'a Control, Problem> {
    let control = key_holder(site, request)?;
    site.tries.command().map_err(|wait| {
        let error = "too many commands; a second has room for some only";
        Problem::too_many(error, wait)
    })?;
    Ok(control)
}

/// Who says so in `X-Throng-Client`: it is for the run's record and opens nothing.
pub(in crate::web) fn client(headers: &HeaderMap) -> By {
    match only(headers, CLIENT) {
        Some("page") => By::Page,
        Some("ctl") => By::Ctl,
        _ => By::Api,
    }
}

/// The way to the run, for anyone who shows its token.
fn key_holder<'a>(site: &'a Site, request: &Request) -> Result<&'a Control, Problem> {
    let Some(control) = &site.control else {
        return Err(Problem::new(
            StatusCode::FORBIDDEN,
            "this run cannot be steered from here",
        ));
    };
    let Some(shown) = bearer(request.headers()) else {
        return Err(Problem::new(
            StatusCode::UNAUTHORIZED,
            "this needs the run's token, which it printed when it began or was given by --token: send the header `Authorization: Bearer TOKEN`",
        ));
    };
    let peer = request.extensions().get::<Peer>();
    let peer = peer.map_or(site.bound.ip(), |peer| peer.0);
    // The right one always opens: anyone who shares an address with somebody who guesses - a proxy's, a NAT's - still
    // steers.
    if control.token().is(shown) {
        return Ok(control);
    }
    if let Some(wait) = site.tries.locked(peer) {
        return Err(Problem::too_many(
            "too many wrong tokens came from your address",
            wait,
        ));
    }
    site.tries.wrong(peer);
    Err(Problem::new(
        StatusCode::UNAUTHORIZED,
        "that is not the token of this run, which it printed when it began or was given by --token",
    ))
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = only(headers, header::AUTHORIZATION)?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("Bearer").then(|| token.trim())
}

/// The value of a header that came once.
fn only(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}

/// Nothing here takes a query: what is in one stays in histories and in logs of what is in between.
fn without_secrets(uri: &Uri) -> Result<(), Problem> {
    let query = uri.query().unwrap_or_default();
    // By its name: anyone who could ask whether a value is the token could guess it here.
    for (key, _) in url::form_urlencoded::parse(query.as_bytes()) {
        if is_secret_key(&key) {
            return Err(Problem::new(
                StatusCode::BAD_REQUEST,
                "a URL is no place for a token, since histories and logs keep it: send the header `Authorization: Bearer TOKEN`, and begin the next run with another token if this one was real",
            ));
        }
    }
    Ok(())
}

/// Refuses what the page of another site sends, with a token or without one. Following a link from there is fine.
fn of_this_site(request: &Request) -> Result<(), Problem> {
    let headers = request.headers();
    let is = |name: &str, value: &str| headers.get(name).is_some_and(|said| said == value);
    let by_hand = request.method() == Method::GET && is("sec-fetch-mode", "navigate");
    let site = headers.get("sec-fetch-site");
    let of_another = site.is_some_and(|site| site != "same-origin" && site != "none");
    let origin = headers.get(header::ORIGIN);
    let of_ours = |origin: &header::HeaderValue| {
        let host = only(headers, header::HOST)?;
        let (scheme, authority) = origin.to_str().ok()?.split_once("://")?;
        let web = matches!(scheme, "http" | "https");
        (web && authority.eq_ignore_ascii_case(host)).then_some(())
    };
    if (of_another && !by_hand) || origin.is_some_and(|origin| of_ours(origin).is_none()) {
        return Err(Problem::new(
            StatusCode::FORBIDDEN,
            "the page of another site sent this, and no other site may",
        ));
    }
    Ok(())
}

/// Both names that a request may say must be of this machine. The port does not matter: a tunnel has its own.
fn addressed(request: &Request, bound: SocketAddr) -> Result<(), Problem> {
    let hosts: Vec<_> = request.headers().get_all(header::HOST).iter().collect();
    if hosts.len() > 1 {
        return Err(Problem::new(
            StatusCode::BAD_REQUEST,
            "there are several Host headers",
        ));
    }
    let host = hosts.first().and_then(|value| value.to_str().ok());
    let target = request.uri().authority().map(Authority::as_str);
    let stranger = [host, target]
        .into_iter()
        .flatten()
        .find(|host| !is_here(host, bound.ip()));
    let said = match (stranger, host) {
        (None, Some(_)) => return Ok(()),
        (Some(stranger), _) => format!("the host {stranger:?}"),
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
fn is_here(host: &str, bound: IpAddr) -> bool {
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
