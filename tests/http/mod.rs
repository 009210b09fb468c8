//! throng's HTTP client against real servers on loopback.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail where it stands"
)]

mod addresses;
mod connection_limit;
mod connections;
mod cookie_rules;
mod cookies;
mod decode;
mod differential;
mod exchange;
mod multiplexed;
mod proxy;
mod reach;
mod redirects;
mod resends;
mod tls;
mod trust;
mod values;
mod wire;

use std::net::SocketAddr;
use std::rc::Rc;

use throng::http::{Client, Failure, Method, Origin, Request, Response, Settings, Transport};

/// A client with these settings.
fn client(settings: &Settings) -> Client {
    Client::new(Transport::new(settings.load().unwrap()))
}

/// A client as it is without options.
fn plain() -> Client {
    client(&Settings::default())
}

fn request(method: Method, url: &str) -> Request {
    let (origin, target) = Origin::parse(url).unwrap();
    Request::new(method, Rc::new(origin), target)
}

fn get(address: SocketAddr) -> Request {
    request(Method::GET, &format!("http://{address}/"))
}

/// The answer of a server that sends these bytes and closes.
async fn answer_to(bytes: impl Into<Vec<u8>>) -> Result<Response, Box<Failure>> {
    let address = crate::support::serve_bytes_once(bytes).await;
    plain().send(&get(address)).await
}
