use std::cmp::Ordering;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use url::Url;

use super::target;
use crate::cli::byte_size::parse_size;
use crate::cli::faults::{Faults, quoted};
use crate::cli::options::{HttpOptions, TargetOptions};
use crate::cli::resolved::{
    DEFAULT_BODY_LIMIT, DEFAULT_CONNECT_TIMEOUT, DEFAULT_REQUEST_TIMEOUT, HttpConfig, HttpVersion,
    Resolve,
};
use crate::cli::span::parse_span;
use crate::cli::value_sources::ValueSources;

pub(super) fn http(
    options: &HttpOptions,
    target: &TargetOptions,
    typed: &ValueSources<'_>,
    faults: &mut Faults<'_>,
) -> HttpConfig {
    for (option, value) in [
        ("ca", &options.ca),
        ("cert", &options.cert),
        ("key", &options.key),
    ] {
        if value.as_deref() == Some("") {
            faults.push(
                format!("--{option} \"\""),
                "is not a valid path",
                "give the path of a PEM file, or leave it out",
            );
        }
    }
    HttpConfig {
        ca: options.ca.as_deref().map(PathBuf::from),
        identity: identity(options, faults),
        insecure: options.insecure,
        resolve: options
            .resolve
            .iter()
            .filter_map(|text| resolve(text, faults))
            .collect(),
        allowed: target::allowed(target, faults),
        proxy: options
            .proxy
            .as_deref()
            .and_then(|text| proxy(text, faults)),
        connect_timeout: timeout(
            "connect-timeout",
            options.connect_timeout.as_deref(),
            DEFAULT_CONNECT_TIMEOUT,
            faults,
        ),
        request_timeout: timeout(
            "request-timeout",
            options.request_timeout.as_deref(),
            DEFAULT_REQUEST_TIMEOUT,
            faults,
        ),
        body_limit: faults.read(
            "body-limit",
            options.body_limit.as_deref(),
            DEFAULT_BODY_LIMIT,
            |text| parse_size(text).filter(|size| *size > 0),
            (
                "is not a valid size",
                "give bytes such as 500000, or units such as 512KiB or 10MiB",
            ),
        ),
        version: version(options, typed, faults),
        run_header: !options.no_run_header,
        trace: super::tracing::tracing(options, faults),
    }
}

fn identity(options: &HttpOptions, faults: &mut Faults<'_>) -> Option<(PathBuf, PathBuf)> {
    match (&options.cert, &options.key) {
        (Some(cert), Some(key)) => Some((PathBuf::from(cert), PathBuf::from(key))),
        (Some(cert), None) => {
            faults.push(
                format!("--cert {}", quoted(cert)),
                "a certificate needs its key",
                "add --key FILE",
            );
            None
        }
        (None, Some(key)) => {
            faults.push(
                format!("--key {}", quoted(key)),
                "a key needs its certificate",
                "add --cert FILE",
            );
            None
        }
        (None, None) => None,
    }
}

fn timeout(
    option: &str,
    value: Option<&str>,
    default: Duration,
    faults: &mut Faults<'_>,
) -> Duration {
    let read = |text: &str| parse_span(text).filter(|span| !span.is_zero());
    faults.read(
        option,
        value,
        default,
        read,
        (
            "is not a valid duration",
            "give seconds such as 5, or units such as 500ms",
        ),
    )
}

/// `host:port:addr` as curl has it: an IPv6 literal as host stands in brackets, as address it may.
fn resolve(text: &str, faults: &mut Faults<'_>) -> Option<Resolve> {
    let read = || {
        let (host, rest) = match text.strip_prefix('[') {
            Some(bracketed) => bracketed.split_once("]:")?,
            None => text.split_once(':')?,
        };
        let (port, addr) = rest.split_once(':')?;
        let port = port.parse().ok().filter(|port| *port != 0)?;
        let addr: IpAddr = addr
            .trim_start_matches('[')
            .trim_end_matches(']')
            .parse()
            .ok()?;
        (!host.is_empty()).then(|| Resolve {
            host: host.to_ascii_lowercase(),
            port,
            addr,
        })
    };
    let resolved = read();
    if resolved.is_none() {
        faults.push(
            format!("--resolve {}", quoted(text)),
            "is not a valid HOST:PORT:ADDR",
            "give one such as api.example.com:443:127.0.0.1",
        );
    }
    resolved
}

fn proxy(text: &str, faults: &mut Faults<'_>) -> Option<Url> {
    let url = Url::parse(text)
        .ok()
        .filter(|url| url.scheme() == "http" && url.has_host());
    if url.is_none() {
        // A proxy's URL may hold a password, which ends at the @.
        let shown = text.rsplit_once('@').map_or(text, |(_, host)| host);
        faults.push(
            format!("--proxy {}", quoted(shown)),
            "is not a valid HTTP proxy URL",
            "give one such as http://127.0.0.1:3128",
        );
    }
    url
}

fn version(
    options: &HttpOptions,
    typed: &ValueSources<'_>,
    faults: &mut Faults<'_>,
) -> HttpVersion {
    match (options.http1, options.http2) {
        (false, false) => HttpVersion::Negotiated,
        (true, false) => HttpVersion::Http1,
        (false, true) => HttpVersion::Http2,
        (true, true) => match typed.compare("http1", "http2") {
            Ordering::Greater => HttpVersion::Http1,
            Ordering::Less => HttpVersion::Http2,
            Ordering::Equal => {
                faults.push(
                    "--http1 with --http2",
                    "a request has one version",
                    "give one of them, or none to let TLS choose",
                );
                HttpVersion::Negotiated
            }
        },
    }
}
