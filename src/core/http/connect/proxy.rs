//! A proxy between throng and its targets (RFC 9110, 9.3.6).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use url::Url;

use crate::http::h1::Reader;
use crate::http::message::{ErrorKind, HttpError};
use crate::http::message::{Origin, OriginError, Scheme};

/// A proxy, used over plain HTTP/1.1.
#[derive(Debug, Clone)]
pub(crate) struct Proxy {
    pub origin: Origin,
    /// The value of `Proxy-Authorization`, when the URL had a user.
    pub authorization: Option<String>,
}

/// Why a URL cannot be used as a proxy.
#[derive(Debug, thiserror::Error)]
pub enum ProxyError {
    #[error("the proxy {0}")]
    Origin(#[from] OriginError),
    #[error("the proxy {0:?} has the scheme https; only http is supported for proxies")]
    Https(String),
}

impl Proxy {
    pub fn parse(url: &str) -> Result<Self, ProxyError> {
        let parsed = Url::parse(url).map_err(|error| OriginError::Url {
            url: url.to_owned(),
            reason: error.to_string(),
        })?;
        let origin = Origin::of(&parsed)?;
        if origin.scheme() == Scheme::Https {
            return Err(ProxyError::Https(url.to_owned()));
        }
        let password = parsed.password().unwrap_or_default();
        let authorization = (!parsed.username().is_empty() || !password.is_empty()).then(|| {
            let mut pair: Vec<u8> = percent_decode_str(parsed.username()).collect();
            pair.push(b':');
            pair.extend(percent_decode_str(password));
            format!("Basic {}", STANDARD.encode(pair))
        });
        Ok(Self {
            origin,
            authorization,
        })
    }

    /// Requests a tunnel to `target` on a connection to the proxy.
    pub async fn tunnel(&self, stream: &mut TcpStream, target: &Origin) -> Result<(), HttpError> {
        let address = target.address();
        let mut head = format!("CONNECT {address} HTTP/1.1\r\nHost: {address}\r\n");
        if let Some(authorization) = &self.authorization {
            head.push_str(&format!("Proxy-Authorization: {authorization}\r\n"));
        }
        head.push_str("\r\n");
        let lost = |error: std::io::Error| {
            HttpError::new(
                ErrorKind::Connect,
                format!(
                    "the connection to the proxy {} failed: {error}",
                    self.origin.address()
                ),
            )
        };
        stream.write_all(head.as_bytes()).await.map_err(lost)?;
        // A tunnel's response has no body: bytes after it would be the target's, which sends nothing before a request.
        let mut reader = Reader::new(0, true);
        let mut byte = [0];
        loop {
            if stream.read(&mut byte).await.map_err(lost)? == 0 {
                return Err(lost(std::io::ErrorKind::UnexpectedEof.into()));
            }
            if reader.push(&byte)? {
                break;
            }
        }
        match reader.status() {
            Some(200..300) => Ok(()),
            status => Err(HttpError::new(
                ErrorKind::Connect,
                format!(
                    "the proxy {} refused the tunnel with status {}",
                    self.origin.address(),
                    status.unwrap_or_default()
                ),
            )),
        }
    }
}
