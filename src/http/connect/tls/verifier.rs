//! Which certificates are believed.

use std::path::Path;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::{
    CryptoProvider, WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature,
};
use rustls::server::ParsedCertificate;
use rustls::{
    CertificateError, DigitallySignedStruct, Error, OtherError, RootCertStore, SignatureScheme,
};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};

use super::{TlsError, certificates};

/// Why a chain is not believed, beyond what rustls tells.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Doubt {
    #[error("the certificate is signed by itself alone")]
    SelfSigned,
    #[error("there are no root certificates")]
    NoRoots,
}

impl From<Doubt> for Error {
    fn from(doubt: Doubt) -> Self {
        CertificateError::Other(OtherError(Arc::new(doubt))).into()
    }
}

/// Believes what the authorities of the system and of `--ca` have signed, and a certificate that is itself in `--ca`.
#[derive(Debug)]
pub(crate) struct Strict {
    roots: RootCertStore,
    given: Vec<CertificateDer<'static>>,
    algorithms: WebPkiSupportedAlgorithms,
}

impl Strict {
    pub fn new(provider: &CryptoProvider, ca: Option<&Path>) -> Result<Self, TlsError> {
        let mut roots = RootCertStore::empty();
        // A machine without certificates, or with some broken ones, can still load plain HTTP.
        let (_, _) =
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        let given = ca.map(certificates).transpose()?.unwrap_or_default();
        for certificate in &given {
            roots
                .add(certificate.clone())
                .map_err(|source| TlsError::Certificate {
                    path: ca.unwrap_or(Path::new("")).to_owned(),
                    source,
                })?;
        }
        Ok(Self {
            roots,
            given,
            algorithms: provider.signature_verification_algorithms,
        })
    }

    /// What is to be said of a chain that leads to nobody who is believed.
    fn doubt(&self, why: Error, end_entity: &CertificateDer<'_>, now: UnixTime) -> Error {
        if !leads_nowhere(&why) {
            why
        } else if self.is_self_signed(end_entity, &why, now) {
            Doubt::SelfSigned.into()
        } else if self.roots.is_empty() {
            Doubt::NoRoots.into()
        } else {
            why
        }
    }

    /// Whether a certificate that is believed for itself may be used now: with nobody to ask, only its issuer is wrong.
    fn is_in_its_time(
        &self,
        certificate: &ParsedCertificate<'_>,
        now: UnixTime,
    ) -> Result<(), Error> {
        let nobody = RootCertStore::empty();
        let all = self.algorithms.all;
        match verify_server_cert_signed_by_trust_anchor(certificate, &nobody, &[], now, all) {
            Err(why) if !leads_nowhere(&why) => Err(why),
            _ => Ok(()),
        }
    }

    /// Whether a certificate that was refused as `why` says is its own issuer. An authority's is not looked at any further
    /// than to its names, for rustls-webpki takes none for a server.
    fn is_self_signed(&self, end_entity: &CertificateDer<'_>, why: &Error, now: UnixTime) -> bool {
        let (Ok(certificate), Ok(anchor)) = (
            webpki::EndEntityCert::try_from(end_entity),
            webpki::anchor_from_trusted_cert(end_entity),
        ) else {
            return false;
        };
        let (all, usage) = (self.algorithms.all, webpki::KeyUsage::server_auth());
        certificate.issuer() == certificate.subject()
            && (is_authority(why)
                || certificate
                    .verify_for_usage(all, &[anchor], &[], now, usage, None, None)
                    .is_ok())
    }
}

/// Whether a certificate is refused for its issuer alone: an authority's own, shown as a server's, as `openssl req -x509`
/// makes them, is such a one too.
fn leads_nowhere(why: &Error) -> bool {
    matches!(
        why,
        Error::InvalidCertificate(CertificateError::UnknownIssuer)
    ) || is_authority(why)
}

fn is_authority(why: &Error) -> bool {
    let Error::InvalidCertificate(CertificateError::Other(OtherError(other))) = why else {
        return false;
    };
    matches!(other.downcast_ref(), Some(webpki::Error::CaUsedAsEndEntity))
}

impl ServerCertVerifier for Strict {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let certificate = ParsedCertificate::try_from(end_entity)?;
        if self.given.iter().any(|given| given == end_entity) {
            self.is_in_its_time(&certificate, now)?;
        } else {
            verify_server_cert_signed_by_trust_anchor(
                &certificate,
                &self.roots,
                intermediates,
                now,
                self.algorithms.all,
            )
            .map_err(|why| self.doubt(why, end_entity, now))?;
        }
        verify_server_name(&certificate, server_name)?;
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signed, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signed, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

/// Believes every certificate (`--insecure`), whatever its version, its key and its extensions: it is not even read.
/// Signatures of the handshake are not checked, for they would prove the possession of a key that nobody vouches for.
#[derive(Debug)]
pub(crate) struct Credulous {
    schemes: Vec<SignatureScheme>,
}

impl Credulous {
    pub fn new(provider: &CryptoProvider) -> Self {
        let mut schemes = provider
            .signature_verification_algorithms
            .supported_schemes();
        // What ring cannot check can be taken unchecked.
        schemes.extend([
            SignatureScheme::ECDSA_NISTP521_SHA512,
            SignatureScheme::RSA_PKCS1_SHA1,
            SignatureScheme::ECDSA_SHA1_Legacy,
        ]);
        Self { schemes }
    }
}

impl ServerCertVerifier for Credulous {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.schemes.clone()
    }
}
