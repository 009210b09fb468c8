//! Where an answer sends a request next (RFC 9110, 15.4).

use std::rc::Rc;

use bytes::Bytes;
use http::Method;
use url::Url;

use super::failure::{ErrorKind, Failure};
use super::origin::{self, Origin};
use super::request::Request;
use super::response::Response;

/// Hops after which a user gives up, as browsers and k6 do about.
pub const DEFAULT_LIMIT: usize = 10;

/// Fields that speak of a body that no longer goes along.
const BODY_FIELDS: [&str; 6] = [
    "content-type",
    "content-length",
    "content-encoding",
    "content-language",
    "content-location",
    "transfer-encoding",
];
/// Fields that are meant for one origin and no other.
const PRIVATE_FIELDS: [&str; 4] = ["authorization", "cookie", "proxy-authorization", "host"];

/// The next hop, or nothing when the answer is no redirect (a 3xx without `Location` is none, and neither are 300 and 304).
///
/// 301 and 302 turn POST into GET, 303 everything but HEAD; 307 and 308 keep method and body. `Authorization`,
/// `Cookie` and `Host` stay behind when the origin changes. A fragment is ignored. Fails with
/// [`ErrorKind::Redirects`] when the place cannot be gone to. Counting hops is the caller's.
pub fn next(request: &Request, response: &Response) -> Option<Result<Request, Box<Failure>>> {
    let location = response.headers.get("location")?;
    let method = match (response.status, &request.method) {
        (301 | 302, &Method::POST) => Method::GET,
        (303, &Method::HEAD) => Method::HEAD,
        (303, _) => Method::GET,
        (301 | 302 | 307 | 308, method) => method.clone(),
        _ => return None,
    };
    let keeps_body = method == request.method && response.status != 303;
    Some(match destination(request, location) {
        Ok((origin, target)) => Ok(follow(request, method, keeps_body, origin, target)),
        Err(reason) => {
            let location = String::from_utf8_lossy(location);
            Err(fail(
                request,
                response,
                &format!("leads to {location:?}, which is nowhere: {reason}"),
            ))
        }
    })
}

fn destination(request: &Request, location: &[u8]) -> Result<(Origin, String), String> {
    let location = std::str::from_utf8(location).map_err(|error| error.to_string())?;
    let url = Url::parse(&request.url())
        .and_then(|base| base.join(location))
        .map_err(|error| error.to_string())?;
    let origin = Origin::of(&url).map_err(|error| error.to_string())?;
    Ok((origin, origin::target(&url)))
}

fn follow(
    request: &Request,
    method: Method,
    keeps_body: bool,
    origin: Origin,
    target: String,
) -> Request {
    let stays = origin == *request.origin;
    let mut headers = request.headers.clone();
    if !keeps_body {
        BODY_FIELDS.iter().for_each(|name| {
            headers.remove(name);
        });
    }
    if !stays {
        PRIVATE_FIELDS.iter().for_each(|name| {
            headers.remove(name);
        });
    }
    Request {
        method,
        origin: if stays {
            request.origin.clone()
        } else {
            Rc::new(origin)
        },
        target,
        headers,
        body: if keeps_body {
            request.body.clone()
        } else {
            Bytes::new()
        },
        timeout: request.timeout,
    }
}

/// The failure of a user that has followed `limit` redirects and got one more, `response`.
pub fn too_many(request: &Request, response: &Response, limit: usize) -> Box<Failure> {
    fail(
        request,
        response,
        &format!("is one redirect more than {limit}"),
    )
}

fn fail(request: &Request, response: &Response, what: &str) -> Box<Failure> {
    Box::new(Failure {
        kind: ErrorKind::Redirects,
        message: format!(
            "{}: status {} {what}",
            request.origin.address(),
            response.status
        ),
        timings: response.timings,
        sent: true,
        bytes_sent: response.bytes_sent,
        bytes_received: response.bytes_received,
        status: Some(response.status),
    })
}
