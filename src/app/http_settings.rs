//! From the words of the command line to the settings of the HTTP client.

use std::path::PathBuf;

use crate::app::process::version::VERSION;
use crate::cli::{HttpConfig, HttpVersion};
use url::Url;

use crate::http::{self, Allowed, Origin, Reach, Resolve, Settings, SettingsError, TlsSettings};
use crate::ledger::{Secret, Target};

/// The client's settings for what was typed: a run with this id, against this target.
///
/// # Errors
/// When the base URL is none.
pub fn settings(words: &HttpConfig, base_url: &Url, run: &str) -> Result<Settings, SettingsError> {
    let home = Origin::of(base_url)?;
    Ok(Settings {
        connect_timeout: words.connect_timeout,
        request_timeout: words.request_timeout,
        body_limit: words.body_limit,
        tls: TlsSettings {
            ca: words.ca.clone(),
            identity: words.identity.clone(),
            insecure: words.insecure,
            ..TlsSettings::default()
        },
        resolve: words
            .resolve
            .iter()
            .map(|resolve| Resolve {
                host: resolve.host.clone(),
                port: resolve.port,
                address: resolve.addr,
            })
            .collect(),
        proxy: words.proxy.as_ref().map(ToString::to_string),
        http_version: match words.version {
            HttpVersion::Negotiated => http::HttpVersion::Auto,
            HttpVersion::Http1 => http::HttpVersion::Http1,
            HttpVersion::Http2 => http::HttpVersion::Http2PriorKnowledge,
        },
        reach: Reach::of(&home, words.allowed.clone()),
        run: words.run_header.then(|| run.to_owned()),
        user_agent: format!("throng/{VERSION} (run {run})"),
        ..Settings::default()
    })
}

/// How the ledger tells a later clean-up to reach the target.
pub fn target(words: &HttpConfig, base_url: &Url) -> Target {
    // A later clean-up may be started elsewhere.
    let whole = |file: &PathBuf| std::path::absolute(file).unwrap_or_else(|_| file.clone());
    Target {
        base_url: base_url.to_string(),
        ca: words.ca.as_ref().map(whole),
        identity: words
            .identity
            .as_ref()
            .map(|(cert, key)| (whole(cert), whole(key))),
        insecure: words.insecure,
        resolve: words
            .resolve
            .iter()
            .map(|one| (one.host.clone(), one.port, one.addr))
            .collect(),
        allowed: words.allowed.iter().map(ToString::to_string).collect(),
        proxy: words.proxy.as_ref().map(|url| Secret(url.to_string())),
        http: match words.version {
            HttpVersion::Negotiated => "auto",
            HttpVersion::Http1 => "1",
            HttpVersion::Http2 => "2",
        }
        .to_owned(),
        connect_timeout: words.connect_timeout,
        request_timeout: words.request_timeout,
        body_limit: words.body_limit,
        run_header: words.run_header,
    }
}

/// The words that reach a target of the ledger as its run did.
///
/// # Errors
/// Names what cannot be read.
pub fn words(target: &Target) -> Result<HttpConfig, String> {
    let allowed = target.allowed.iter().map(|text| {
        let read = text.parse::<Allowed>();
        read.map_err(|why| format!("the place {text} {why}"))
    });
    let proxy = target.proxy.as_ref().map(|Secret(url)| {
        // Not the URL itself: it may hold a password.
        url.parse::<Url>()
            .map_err(|why| format!("the proxy's URL: {why}"))
    });
    Ok(HttpConfig {
        ca: target.ca.clone(),
        identity: target.identity.clone(),
        insecure: target.insecure,
        resolve: target
            .resolve
            .iter()
            .map(|(host, port, addr)| crate::cli::Resolve {
                host: host.clone(),
                port: *port,
                addr: *addr,
            })
            .collect(),
        allowed: allowed.collect::<Result<_, _>>()?,
        proxy: proxy.transpose()?,
        connect_timeout: target.connect_timeout,
        request_timeout: target.request_timeout,
        body_limit: target.body_limit,
        version: match target.http.as_str() {
            "1" => HttpVersion::Http1,
            "2" => HttpVersion::Http2,
            _ => HttpVersion::Negotiated,
        },
        run_header: target.run_header,
        trace: None,
    })
}
