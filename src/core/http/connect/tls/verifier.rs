//! Verification of server certificates.

use std::path::Path;

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

use super::pem::{TlsError, certificates};
use super::settings::TlsSettings;
use crate::http::message::tls_error::Untrusted;

/// Trusts certificates signed by the CAs of the system and of `--ca`, and certificates that are themselves in `--ca`.
#[derive(Debug)]
struct Authorities {
    roots: RootCertStore,
    given: Vec<CertificateDer<'static>>,
    algorithms: WebPkiSupportedAlgorithms,
}

impl Authorities {
    fn load(provider: &CryptoProvider, settings: &TlsSettings) -> Result<Self, TlsError> {
        let ca = settings.ca.as_deref();
        let mut roots = RootCertStore::empty();
        if !settings.only_ca {
            // A machine without certificates, or with some invalid ones, can still use plain HTTP.
            let system = rustls_native_certs::load_native_certs().certs;
            let (_, _) = roots.add_parsable_certificates(system);
        }
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

    fn verify(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        now: UnixTime,
    ) -> Result<(), Error> {
        let certificate = ParsedCertificate::try_from(end_entity)?;
        if self.given.iter().any(|given| given == end_entity) {
            self.is_valid_now(&certificate, now)?;
        } else {
            verify_server_cert_signed_by_trust_anchor(
                &certificate,
                &self.roots,
                intermediates,
                now,
                self.algorithms.all,
            )
            .map_err(|why| self.explain(why, end_entity, now))?;
        }
        verify_server_name(&certificate, server_name)
    }

    /// Why a chain without a trusted CA is rejected.
    fn explain(&self, why: Error, end_entity: &CertificateDer<'_>, now: UnixTime) -> Error {
        if !is_untrusted_issuer(&why) {
            why
        } else if self.is_self_signed(end_entity, &why, now) {
            Untrusted::SelfSigned.into()
        } else if self.roots.is_empty() {
            Untrusted::NoRoots.into()
        } else {
            why
        }
    }

    /// Whether a directly trusted certificate is valid now: without any CA, only its issuer is wrong.
    fn is_valid_now(
        &self,
        certificate: &ParsedCertificate<'_>,
        now: UnixTime,
    ) -> Result<(), Error> {
        let no_roots = RootCertStore::empty();
        let all = self.algorithms.all;
        match verify_server_cert_signed_by_trust_anchor(certificate, &no_roots, &[], now, all) {
            Err(why) if !is_untrusted_issuer(&why) => Err(why),
            _ => Ok(()),
        }
    }

    /// Whether a certificate that was rejected for `why` is its own issuer. For a CA certificate only the names are compared,
    /// since rustls-webpki accepts none for a server.
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

/// Whether a certificate is rejected only for its issuer; this includes a CA certificate used by a server, as `openssl req -x509`
/// makes them.
fn is_untrusted_issuer(why: &Error) -> bool {
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

/// The verifier of every handshake.
#[derive(Debug)]
pub(super) struct Verifier {
    /// None trusts every certificate (`--insecure`), whatever its version, key and extensions: it is not even
    /// parsed. Handshake signatures are not checked then, because they would prove possession of an untrusted key.
    authorities: Option<Authorities>,
    algorithms: WebPkiSupportedAlgorithms,
}

impl Verifier {
    /// Trusts the CAs of the settings.
    pub fn new(provider: &CryptoProvider, settings: &TlsSettings) -> Result<Self, TlsError> {
        Ok(Self {
            authorities: Some(Authorities::load(provider, settings)?),
            algorithms: provider.signature_verification_algorithms,
        })
    }

    /// Trusts every certificate.
    pub fn insecure(provider: &CryptoProvider) -> Self {
        Self {
            authorities: None,
            algorithms: provider.signature_verification_algorithms,
        }
    }

    fn verify_signature(
        &self,
        check: impl FnOnce(&WebPkiSupportedAlgorithms) -> Result<HandshakeSignatureValid, Error>,
    ) -> Result<HandshakeSignatureValid, Error> {
        match self.authorities {
            Some(_) => check(&self.algorithms),
            None => Ok(HandshakeSignatureValid::assertion()),
        }
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if let Some(authorities) = &self.authorities {
            authorities.verify(end_entity, intermediates, server_name, now)?;
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.verify_signature(|known| verify_tls12_signature(message, certificate, signed, known))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.verify_signature(|known| verify_tls13_signature(message, certificate, signed, known))
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let mut schemes = self.algorithms.supported_schemes();
        if self.authorities.is_none() {
            // Schemes that ring cannot check are accepted unchecked.
            schemes.extend([
                SignatureScheme::ECDSA_NISTP521_SHA512,
                SignatureScheme::RSA_PKCS1_SHA1,
                SignatureScheme::ECDSA_SHA1_Legacy,
            ]);
        }
        schemes
    }
}
