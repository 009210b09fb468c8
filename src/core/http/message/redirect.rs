//! Redirects (RFC 9110, 15.4).

use std::borrow::Cow;
use std::rc::Rc;

use bytes::Bytes;
use http::Method;
use percent_encoding::percent_encode_byte;
use url::Url;

use super::failure::{ErrorKind, Failure};
use super::headers::{Headers, Hints};
use super::origin::Origin;
use super::request::Request;
use super::response::Response;
use super::{cookies, origin};

/// Maximum redirects, similar to browsers and k6.
pub const DEFAULT_LIMIT: usize = 10;

/// Fields that describe a body that is not sent again.
const BODY_FIELDS: [&str; 6] = [
    "content-type",
    "content-length",
    "content-encoding",
    "content-language",
    "content-location",
    "transfer-encoding",
];
/// The only fields sent to another origin, besides those that describe a body that is sent again: any other may be a
/// secret of the first origin, whatever its name.
const PUBLIC_FIELDS: [&str; 4] = ["accept", "accept-encoding", "accept-language", "user-agent"];
/// Fields that describe a body, which its receiver needs.
const CONTENT_FIELDS: [&str; 3] = ["content-type", "content-encoding", "content-language"];

/// The next request, or none when the response is not a redirect (nor are a 3xx without `Location`, 300 and 304).
///
/// 301 and 302 change POST to GET, 303 everything except HEAD; 307 and 308 keep method and body. When the origin changes
/// all fields are dropped except `Accept`, `Accept-Encoding`, `Accept-Language`, `User-Agent` and, with a body that is sent
/// again, `Content-Type`, `Content-Encoding` and `Content-Language`; later redirects do not restore them. Default headers
/// stay with their origin as a whole: they may tell who the user is. Of a
/// `Cookie` those are sent that the response does not set. A fragment is ignored, and bytes of `Location` that are not
/// UTF-8 are percent-encoded. Fails with [`ErrorKind::Redirects`] for an invalid location. Counting redirects is
/// up to the caller.
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
        Ok((origin, target)) => {
            let mut next = follow(request, method, keeps_body, origin, target);
            renew_cookies(&mut next.headers, response);
            Ok(next)
        }
        Err(reason) => {
            let location = String::from_utf8_lossy(location);
            Err(fail(
                request,
                response,
                &format!("redirects to {location:?}, which is not a valid location: {reason}"),
            ))
        }
    })
}

fn destination(request: &Request, location: &[u8]) -> Result<(Origin, String), String> {
    let url = Url::parse(&request.url())
        .and_then(|base| base.join(&text(location)))
        .map_err(|error| error.to_string())?;
    let origin = Origin::of(&url).map_err(|error| error.to_string())?;
    Ok((origin, origin::target(&url)))
}

/// A location as text: bytes that are not UTF-8 (Latin-1 of old servers) become `%E9` as in browsers.
fn text(location: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(location) {
        return Cow::Borrowed(text);
    }
    let mut whole = String::with_capacity(location.len() + 8);
    for chunk in location.utf8_chunks() {
        whole.push_str(chunk.valid());
        for &byte in chunk.invalid() {
            whole.push_str(percent_encode_byte(byte));
        }
    }
    Cow::Owned(whole)
}

/// Cookies of the caller are older than those that the response sets under the same names, which are in the jar.
fn renew_cookies(headers: &mut Headers, response: &Response) {
    if !headers.has(Hints::COOKIE, "cookie") {
        return;
    }
    let set = cookies::names_set(&response.headers);
    if set.is_empty() {
        return;
    }
    let own = headers
        .get_all("cookie")
        .collect::<Vec<_>>()
        .join(&b"; "[..]);
    headers.remove("cookie");
    if let Some(left) = cookies::without(&own, &set) {
        // It was a valid header before.
        let _ = headers.push("Cookie", left);
    }
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
    let has_content = keeps_body && !request.body.is_empty();
    if !keeps_body {
        BODY_FIELDS.iter().for_each(|name| {
            headers.remove(name);
        });
    }
    if !stays {
        headers.retain(|name| {
            let is_one = |field: &&str| name.eq_ignore_ascii_case(field);
            PUBLIC_FIELDS.iter().any(is_one) || (has_content && CONTENT_FIELDS.iter().any(is_one))
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
        default_headers: request.default_headers.clone().filter(|_| stays),
        body: if keeps_body {
            request.body.clone()
        } else {
            Bytes::new()
        },
        timeout: request.timeout,
    }
}

/// The failure of a request that has followed `limit` redirects and got one more, `response`.
pub fn too_many(request: &Request, response: &Response, limit: usize) -> Box<Failure> {
    fail(
        request,
        response,
        &format!("exceeds the limit of {limit} redirects"),
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
