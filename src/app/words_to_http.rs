//! From the words of the command line to the settings of the HTTP client.

use super::run::VERSION;
use crate::cli::{HttpVersion, HttpWords};
use url::Url;

use crate::http::{self, Origin, Reach, Resolve, Settings, SettingsError};

/// The client's settings for what was typed: a run with this id, against this target.
///
/// # Errors
/// When the base URL is none.
pub fn settings(words: &HttpWords, base_url: &Url, run: &str) -> Result<Settings, SettingsError> {
    let home = Origin::of(base_url)?;
    Ok(Settings {
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
        reach: Reach::of(&home, words.allowed.clone()),
        run: words.run_header.then(|| run.to_owned()),
        user_agent: format!("throng/{VERSION} (run {run})"),
        ..Settings::default()
    })
}
