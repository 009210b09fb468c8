//! TLS by rustls: how a handshake is made and who we are. `believing` says who is believed, `words` what a refusal means.

pub mod verifier;

use std::future::{Future, poll_fn};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use rustls::ClientConfig;
use rustls::client::Resumption;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::ring;
use rustls_pki_types::pem::{self, PemObject};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio::io::ReadBuf;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::http::client::settings::{HttpVersion, Settings};
use crate::http::message::failure::{ErrorKind, HttpError};
use crate::http::message::origin::Origin;
pub(crate) use crate::http::message::tls_error::broken;
use verifier::{Credulous, Strict};

/// Sessions that a shard keeps for resumption, over all its users and origins.
const SESSIONS: usize = 1024;

/// Why certificates or keys cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    #[error("cannot read the PEM file {}: {source}", path.display())]
    Pem { path: PathBuf, source: pem::Error },
    #[error("{} holds no certificate", path.display())]
    NoCertificate { path: PathBuf },
    #[error("the certificates of {} cannot be used: {source}", path.display())]
    Certificate {
        path: PathBuf,
        source: rustls::Error,
    },
    #[error("the client certificate {} and its key do not work together: {source}", path.display())]
    Identity {
        path: PathBuf,
        source: rustls::Error,
    },
    #[error("TLS cannot be set up: {0}")]
    Setup(#[source] rustls::Error),
}

/// TLS for all shards.
#[derive(Debug, Clone)]
pub(crate) struct Config {
    client: Arc<ClientConfig>,
}

impl Config {
    pub fn load(settings: &Settings) -> Result<Self, TlsError> {
        let provider = Arc::new(ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()
            .map_err(TlsError::Setup)?;
        let verifier: Arc<dyn ServerCertVerifier> = if settings.insecure {
            Arc::new(Credulous::new(&provider))
        } else {
            Arc::new(Strict::new(&provider, settings.ca.as_deref())?)
        };
        let builder = builder
            .dangerous()
            .with_custom_certificate_verifier(verifier);
        let mut client = match &settings.identity {
            None => builder.with_no_client_auth(),
            Some((certificate, key)) => builder
                .with_client_auth_cert(certificates(certificate)?, private_key(key)?)
                .map_err(|source| TlsError::Identity {
                    path: certificate.clone(),
                    source,
                })?,
        };
        client.alpn_protocols = match settings.http_version {
            HttpVersion::Auto => vec![b"h2".to_vec(), b"http/1.1".to_vec()],
            HttpVersion::Http1 => vec![b"http/1.1".to_vec()],
            HttpVersion::Http2PriorKnowledge => vec![b"h2".to_vec()],
        };
        Ok(Self {
            client: Arc::new(client),
        })
    }

    /// The same with session tickets of its own, for one shard.
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
                "the host is no name that a certificate could have",
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
        .map_err(|error| crate::http::message::tls_error::handshake(&error, first.seen()))
    }
}

/// Whether ALPN settled on HTTP/2.
pub(crate) fn is_http2(stream: &TlsStream<TcpStream>) -> bool {
    stream.get_ref().1.alpn_protocol() == Some(b"h2")
}

/// What the server says first, seen before TLS reads it: a server without TLS tells by it what it is.
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
        // A connection that is broken is TLS's to report.
        if let Poll::Ready(Ok(length)) = stream.poll_peek(cx, &mut buffer) {
            self.length = length;
        }
    }

    fn seen(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let unreadable = |source| TlsError::Pem {
        path: path.to_owned(),
        source,
    };
    let certificates: Vec<_> = CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect)
        .map_err(unreadable)?;
    if certificates.is_empty() {
        return Err(TlsError::NoCertificate {
            path: path.to_owned(),
        });
    }
    Ok(certificates)
}

fn private_key(path: &Path) -> Result<PrivateKeyDer<'static>, TlsError> {
    PrivateKeyDer::from_pem_file(path).map_err(|source| TlsError::Pem {
        path: path.to_owned(),
        source,
    })
}
