//! From the words of the command line to the settings of the HTTP client.

use crate::cli::{HttpVersion, HttpWords};
use crate::http::{self, Resolve, Settings};

/// The client's settings for what was typed.
pub fn settings(words: &HttpWords, user_agent: String) -> Settings {
    Settings {
        connect_timeout: words.connect_timeout,
        request_timeout: words.request_timeout,
        body_limit: words.body_limit,
        ca: words.ca.clone(),
        identity: words.identity.clone(),
        insecure: words.insecure,
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
        user_agent,
        ..Settings::default()
    }
}
