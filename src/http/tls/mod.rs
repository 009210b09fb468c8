//! TLS by rustls: who is believed, who we are, and what a refusal means in words.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::client::Resumption;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme,
};
use rustls_pki_types::pem::{self, PemObject};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::failure::{ErrorKind, Fault};
use super::origin::Origin;
use super::settings::{HttpVersion, Settings};

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
    /// Nobody is believed: every https origin would fail.
    rootless: bool,
}

impl Config {
    pub fn load(settings: &Settings) -> Result<Self, TlsError> {
        let provider = Arc::new(ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()
            .map_err(TlsError::Setup)?;
        let roots = if settings.insecure {
            RootCertStore::empty()
        } else {
            roots(settings.ca.as_deref())?
        };
        let rootless = !settings.insecure && roots.is_empty();
        let builder = if settings.insecure {
            builder
                .dangerous()
                .with_custom_certificate_verifier(Arc::new(Credulous(provider)))
        } else {
            builder.with_root_certificates(roots)
        };
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
            rootless,
        })
    }

    /// The same with session tickets of its own, for one shard.
    pub fn for_shard(&self) -> Self {
        let mut client = ClientConfig::clone(&self.client);
        client.resumption = Resumption::in_memory_sessions(SESSIONS);
        Self {
            client: Arc::new(client),
            rootless: self.rootless,
        }
    }

    /// The handshake with `origin`, over a connection to it or a tunnel.
    pub async fn connect(
        &self,
        stream: TcpStream,
        origin: &Origin,
    ) -> Result<TlsStream<TcpStream>, Fault> {
        let name = ServerName::try_from(origin.host().to_owned()).map_err(|_| {
            Fault::new(
                ErrorKind::Tls,
                "the host is no name that a certificate could have",
            )
        })?;
        TlsConnector::from(self.client.clone())
            .connect(name, stream)
            .await
            .map_err(|error| self.fault(&error))
    }

    fn fault(&self, error: &io::Error) -> Fault {
        let inner = error
            .get_ref()
            .and_then(|inner| inner.downcast_ref::<rustls::Error>());
        let what = match inner {
            Some(rustls::Error::InvalidCertificate(reason)) => {
                format!("the certificate is refused: {}", self.reason(reason))
            }
            Some(rustls::Error::AlertReceived(alert)) => {
                format!("the server refused the handshake: {alert:?}")
            }
            _ => format!("the TLS handshake failed: {error}"),
        };
        Fault::new(ErrorKind::Tls, what)
    }

    fn reason(&self, reason: &CertificateError) -> String {
        match reason {
            CertificateError::UnknownIssuer if self.rootless => {
                "this machine has no root certificates and no others were given".to_owned()
            }
            CertificateError::UnknownIssuer => "unknown issuer".to_owned(),
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
                format!("expired ({reason})")
            }
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                format!("not valid yet ({reason})")
            }
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                format!("wrong name ({reason})")
            }
            other => other.to_string(),
        }
    }
}

/// Whether ALPN settled on HTTP/2.
pub(crate) fn is_http2(stream: &TlsStream<TcpStream>) -> bool {
    stream.get_ref().1.alpn_protocol() == Some(b"h2")
}

fn roots(ca: Option<&Path>) -> Result<RootCertStore, TlsError> {
    let mut roots = RootCertStore::empty();
    // A machine without certificates, or with some broken ones, can still load plain HTTP.
    let (_, _) = roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if let Some(path) = ca {
        for certificate in certificates(path)? {
            roots
                .add(certificate)
                .map_err(|source| TlsError::Certificate {
                    path: path.to_owned(),
                    source,
                })?;
        }
    }
    Ok(roots)
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

/// Believes every certificate (`--insecure`); signatures are still checked, for a broken handshake is no load.
#[derive(Debug)]
struct Credulous(Arc<CryptoProvider>);

impl ServerCertVerifier for Credulous {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
