//! TLS by rustls: the handshake, and the client certificate. `verifier` decides which certificates are trusted.

mod pem;
mod settings;
mod verifier;

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use rustls::ClientConfig;
use rustls::client::Resumption;
use rustls::crypto::ring;
use rustls_pki_types::ServerName;
use tokio::io::ReadBuf;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::http_version::HttpVersion;
use crate::http::message::Origin;
use crate::http::message::tls_error;
use crate::http::message::{ErrorKind, HttpError};
pub use pem::TlsError;
use pem::{certificates, private_key};
pub use settings::TlsSettings;
use verifier::Verifier;

/// TLS sessions cached per shard for resumption, over all users and origins.
const SESSIONS: usize = 1024;

/// TLS for all shards.
#[derive(Debug, Clone)]
pub(crate) struct Config {
    client: Arc<ClientConfig>,
}

impl Config {
    pub fn load(settings: &TlsSettings, version: HttpVersion) -> Result<Self, TlsError> {
        let provider = Arc::new(ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()
            .map_err(TlsError::Setup)?;
        let verifier = if settings.insecure {
            Verifier::insecure(&provider)
        } else {
            Verifier::new(&provider, settings)?
        };
        let builder = builder
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier));
        let mut client = match &settings.identity {
            None => builder.with_no_client_auth(),
            Some((certificate, key)) => builder
                .with_client_auth_cert(certificates(certificate)?, private_key(key)?)
                .map_err(|source| TlsError::Identity {
                    path: certificate.clone(),
                    source,
                })?,
        };
        client.alpn_protocols = match version {
            HttpVersion::Auto => vec![b"h2".to_vec(), b"http/1.1".to_vec()],
            HttpVersion::Http1 => vec![b"http/1.1".to_vec()],
            HttpVersion::Http2PriorKnowledge => vec![b"h2".to_vec()],
        };
        Ok(Self {
            client: Arc::new(client),
        })
    }

    /// The same with a separate session cache, for one shard.
    pub fn for_shard(&self) -> Self {
        let mut client = ClientConfig::clone(&self.client);
        client.resumption = Resumption::in_memory_sessions(SESSIONS);
        Self {
            client: Arc::new(client),
        }
    }

    /// The handshake with `origin`, over a connection to it or a tunnel.
    pub async fn connect(
        &self,
        stream: TcpStream,
        origin: &Origin,
    ) -> Result<TlsStream<TcpStream>, HttpError> {
        let name = ServerName::try_from(origin.host().to_owned()).map_err(|_| {
            HttpError::new(
                ErrorKind::Tls,
                "the host is not a valid name for a certificate",
            )
        })?;
        let mut handshake = TlsConnector::from(self.client.clone()).connect(name, stream);
        let mut first = FirstBytes::default();
        poll_fn(|cx| {
            if let Some(stream) = handshake.get_ref() {
                first.look(stream, cx);
            }
            Pin::new(&mut handshake).poll(cx)
        })
        .await
        .map_err(|error| tls_error::handshake(&error, first.seen()))
    }
}

/// Whether ALPN settled on HTTP/2.
pub(crate) fn is_http2(stream: &TlsStream<TcpStream>) -> bool {
    stream.get_ref().1.alpn_protocol() == Some(b"h2")
}

/// The first bytes from the server, recorded before TLS reads them: they identify a server without TLS.
#[derive(Default)]
struct FirstBytes {
    bytes: [u8; 5],
    length: usize,
}

impl FirstBytes {
    fn look(&mut self, stream: &TcpStream, cx: &mut Context<'_>) {
        if self.length > 0 {
            return;
        }
        let mut buffer = ReadBuf::new(&mut self.bytes);
        // TLS reports a broken connection.
        if let Poll::Ready(Ok(length)) = stream.poll_peek(cx, &mut buffer) {
            self.length = length;
        }
    }

    fn seen(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}
