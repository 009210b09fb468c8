//! Messages for TLS errors that say what to do.

use std::io;
use std::sync::Arc;

use rustls::{
    AlertDescription, CertificateError, Error, ExtendedKeyPurpose, OtherError, PeerIncompatible,
};
use rustls_pki_types::{ServerName, UnixTime};
use time::OffsetDateTime;
use time::macros::format_description;

use crate::http::message::failure::{ErrorKind, HttpError};

/// Maximum names of a certificate in a message.
const NAMES: usize = 5;

/// Why a chain is not trusted, in more detail than rustls.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Untrusted {
    #[error("the certificate is self-signed")]
    SelfSigned,
    #[error("there are no root certificates")]
    NoRoots,
}

impl From<Untrusted> for Error {
    fn from(why: Untrusted) -> Self {
        CertificateError::Other(OtherError(Arc::new(why))).into()
    }
}

/// The error of a failed handshake, with the first bytes from the server.
pub(crate) fn handshake(error: &io::Error, first: &[u8]) -> HttpError {
    // A server that cannot parse a request may respond with only a page, as in HTTP/0.9.
    if first.starts_with(b"HTTP/") || first.starts_with(b"<") {
        return fault("the server speaks plain HTTP on this port, not TLS: use http://".to_owned());
    }
    let cut = matches!(
        error.kind(),
        io::ErrorKind::UnexpectedEof
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::BrokenPipe
            | io::ErrorKind::ConnectionAborted
    );
    match of(error) {
        Some(Error::InvalidMessage(_)) if !is_tls(first) => fault(format!(
            "the server does not speak TLS on this port: its response begins with {:?}",
            String::from_utf8_lossy(first)
        )),
        Some(why) => fault(words(why)),
        None if cut && first.is_empty() => fault(
            "the server closed the connection in the TLS handshake, without a word: if it speaks \
             plain HTTP, use http://"
                .to_owned(),
        ),
        None => fault(format!("the TLS handshake failed: {error}")),
    }
}

/// The error of a connection that TLS ended later: with TLS 1.3 a server checks the client certificate after the handshake.
pub(crate) fn broken(error: &io::Error) -> HttpError {
    fault(match of(error) {
        Some(why @ Error::AlertReceived(_)) => words(why),
        _ => format!("TLS error: {error}"),
    })
}

fn fault(what: String) -> HttpError {
    HttpError::new(ErrorKind::Tls, what)
}

fn of(error: &io::Error) -> Option<&Error> {
    error.get_ref()?.downcast_ref()
}

/// Whether these bytes begin a TLS record (RFC 8446, 5.1).
fn is_tls(first: &[u8]) -> bool {
    matches!(first, [20..=24, 3, ..])
}

fn words(why: &Error) -> String {
    match why {
        Error::InvalidCertificate(CertificateError::Other(OtherError(other)))
            if matches!(other.downcast_ref(), Some(Untrusted::SelfSigned)) =>
        {
            "the certificate is self-signed: add --ca FILE or --insecure".to_owned()
        }
        Error::InvalidCertificate(reason) => {
            format!("the certificate is refused: {}", certificate(reason))
        }
        Error::AlertReceived(alert) => alerted(*alert),
        Error::PeerIncompatible(
            PeerIncompatible::ServerDoesNotSupportTls12Or13
            | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig,
        ) => old(),
        Error::NoCertificatesPresented => "the server has no certificate".to_owned(),
        Error::NoApplicationProtocol => {
            "the server supports none of the offered HTTP versions".to_owned()
        }
        other => format!("the TLS handshake failed: {other}"),
    }
}

fn old() -> String {
    "the server supports neither TLS 1.2 nor TLS 1.3, the versions that throng supports".to_owned()
}

fn certificate(reason: &CertificateError) -> String {
    match reason {
        CertificateError::UnknownIssuer => {
            "unknown issuer: add --ca FILE with the certificate of its authority, or --insecure"
                .to_owned()
        }
        CertificateError::ExpiredContext { not_after, .. } => {
            format!("expired on {}", date(*not_after))
        }
        CertificateError::NotValidYetContext { time, not_before } => format!(
            "not valid before {}, and this machine's clock says {}",
            date(*not_before),
            date(*time)
        ),
        CertificateError::NotValidForNameContext {
            expected,
            presented,
        } => wrong_name(expected, presented),
        CertificateError::InvalidPurposeContext { presented, .. } => purpose(presented),
        CertificateError::BadEncoding => "it cannot be read; --insecure accepts it".to_owned(),
        CertificateError::UnhandledCriticalExtension => {
            "it has a critical extension that is not understood; --insecure accepts it".to_owned()
        }
        CertificateError::BadSignature => "its signature does not match its issuer".to_owned(),
        CertificateError::UnsupportedSignatureAlgorithmContext { .. }
        | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => {
            "its signature or its key is of a kind, or as short, that nobody should believe; \
             --insecure accepts it"
                .to_owned()
        }
        CertificateError::Other(OtherError(other)) => {
            if let Some(Untrusted::NoRoots) = other.downcast_ref() {
                return "unknown issuer: this machine has no root certificates and no others were \
                        given; add --ca FILE or --insecure"
                    .to_owned();
            }
            match other.downcast_ref::<webpki::Error>() {
                Some(webpki::Error::UnsupportedCertVersion) => {
                    "it is not an X.509 certificate of version 3; --insecure accepts it".to_owned()
                }
                Some(webpki::Error::UnsupportedCriticalExtension) => {
                    "it has a critical extension that is not understood; --insecure accepts it"
                        .to_owned()
                }
                Some(webpki::Error::CaUsedAsEndEntity) => {
                    "it is an authority's, not a server's: add --ca FILE with this very \
                     certificate, or --insecure"
                        .to_owned()
                }
                Some(why) => format!("{why:?}; --insecure accepts it"),
                None => other.to_string(),
            }
        }
        other => other.to_string(),
    }
}

fn wrong_name(expected: &ServerName<'_>, presented: &[String]) -> String {
    let asked = expected.to_str();
    if presented.is_empty() {
        return format!(
            "wrong name: it has no host name (subjectAltName), so it is not valid for {asked}"
        );
    }
    let mut names: Vec<_> = presented
        .iter()
        .take(NAMES)
        .map(|name| bare(name))
        .collect();
    let more = presented.len() - names.len();
    let last = if more > 0 {
        format!("{more} more")
    } else {
        names.pop().unwrap_or_default().to_owned()
    };
    let list = match names.is_empty() {
        true => last,
        false => format!("{} and {last}", names.join(", ")),
    };
    format!("wrong name: it is for {list}, not for {asked}")
}

/// The name in `DnsName("a.test")` and `IpAddress(127.0.0.1)`, as rustls-webpki writes them.
fn bare(name: &str) -> &str {
    let inner = ["DnsName(", "IpAddress(", "UniformResourceIdentifier("]
        .iter()
        .find_map(|kind| name.strip_prefix(kind)?.strip_suffix(')'));
    inner.unwrap_or(name).trim_matches('"')
}

fn purpose(presented: &[ExtendedKeyPurpose]) -> String {
    let purposes: Vec<_> = presented.iter().map(ToString::to_string).collect();
    format!(
        "it is not for servers (extendedKeyUsage: {}); --insecure accepts it",
        if purposes.is_empty() {
            "none".to_owned()
        } else {
            purposes.join(", ")
        }
    )
}

fn date(at: UnixTime) -> String {
    let format = format_description!("[year]-[month]-[day] [hour]:[minute]:[second] UTC");
    i64::try_from(at.as_secs())
        .ok()
        .and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok())
        .and_then(|moment| moment.format(format).ok())
        .unwrap_or_else(|| format!("second {} of Unix time", at.as_secs()))
}

/// The meaning of the alert with which a server ends a connection (RFC 8446, 6.2).
fn alerted(alert: AlertDescription) -> String {
    let meaning = match alert {
        AlertDescription::ProtocolVersion => return old(),
        AlertDescription::HandshakeFailure | AlertDescription::InsufficientSecurity => {
            "it has no cipher suite or key exchange in common with throng, or wants a client \
             certificate (--cert and --key)"
        }
        AlertDescription::CertificateRequired => {
            "it requires a client certificate: add --cert FILE and --key FILE"
        }
        AlertDescription::UnknownCA
        | AlertDescription::BadCertificate
        | AlertDescription::UnsupportedCertificate
        | AlertDescription::CertificateUnknown
        | AlertDescription::CertificateRevoked
        | AlertDescription::CertificateExpired
        | AlertDescription::AccessDenied => {
            "it rejects the client certificate (--cert), or requires one"
        }
        AlertDescription::NoApplicationProtocol => {
            "it supports none of the offered HTTP versions (--http1, --http2)"
        }
        AlertDescription::UnrecognisedName => "it has no host of that name",
        AlertDescription::InternalError => "it reports an internal error",
        _ => "it aborted the handshake",
    };
    format!("the server refused TLS: {meaning} (alert {alert:?})")
}
