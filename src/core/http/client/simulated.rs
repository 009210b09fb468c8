//! One request that is answered inside the process, with the progress that one on a connection has.

use bytes::Bytes;
use http::Version;

use super::responder::{Responder, Simulated};
use super::transport::Transport;
use crate::http::h1::{Framing, Head, ReadResponse, encode, over};
use crate::http::message::{HttpError, Jar, Phase, Progress, Request};

/// One request and its answer.
pub(super) async fn exchange(
    responder: &dyn Responder,
    (transport, jar): (&Transport, &Jar),
    request: &Request,
    progress: &Progress,
) -> Result<ReadResponse, HttpError> {
    transport.connector().permits(&request.origin)?;
    let (simulated, bytes) = {
        let cookie = jar.value_for(request);
        let extras = transport.extras(request, cookie.as_deref());
        let mut head = Vec::with_capacity(512);
        let is_whole = encode(&mut head, request, &extras);
        let rest = if is_whole { 0 } else { request.body.len() };
        (responder.respond(request, &head), head.len() + rest)
    };
    let answering = match simulated {
        Simulated::Sent(answering) => {
            progress.set_reused(true);
            progress.enter(Phase::Send);
            progress.add_sent(bytes);
            progress.sent();
            answering
        }
        Simulated::Unsent(phase, answering) => {
            progress.enter(phase);
            answering
        }
    };
    let answered = answering.await;
    let answer = answered.map_err(|fault| HttpError::new(fault.kind, fault.what))?;
    let at = progress.first_byte();
    progress.set_status(answer.status);
    let body = match answer.status {
        _ if request.method == http::Method::HEAD => Bytes::new(),
        204 | 304 => Bytes::new(),
        _ => answer.body,
    };
    if body.len() > transport.settings().body_limit {
        return Err(over(transport.settings().body_limit));
    }
    // A status line and the empty line after the fields.
    progress
        .add_received("HTTP/1.1 200 OK\r\n\r\n".len() + answer.headers.lines().len() + body.len());
    Ok(ReadResponse {
        head: Head {
            status: answer.status,
            version: Version::HTTP_11,
            framing: Framing::Length(body.len() as u64),
            keep_alive: true,
            encoded: false,
            sets_cookies: answer.headers.contains("set-cookie"),
            headers: answer.headers,
        },
        body,
        reusable: true,
        at,
    })
}
