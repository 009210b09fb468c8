//! What went wrong with TLS, as a message that says what to do.

use std::io;
use std::sync::Arc;

use rustls::{
    AlertDescription, CertificateError, Error, ExtendedKeyPurpose, OtherError, PeerIncompatible,
};
use rustls_pki_types::{ServerName, UnixTime};
use time::OffsetDateTime;
use time::macros::format_description;

use crate::http::message::failure::{ErrorKind, HttpError};

/// How many of a certificate's names are told.
const NAMES: usize = 5;

/// Why a chain is not trusted, beyond what rustls tells.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Untrusted {
    #[error("the certificate is signed by itself alone")]
    SelfSigned,
    #[error("there are no root certificates")]
    NoRoots,
}

impl From<Untrusted> for Error {
    fn from(why: Untrusted) -> Self {
        CertificateError::Other(OtherError(Arc::new(why))).into()
    }
}

/// The fault of a handshake that failed with `error`, after the server had said `first`.
pub(crate) fn handshake(error: &io::Error, first: &[u8]) -> HttpError {
    // A server that cannot read a request may answer with a page alone, as HTTP/0.9 did.
    if first.starts_with(b"HTTP/") || first.starts_with(b"<") {
        return fault("the server speaks plain HTTP there, no TLS: use http://".to_owned());
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
            "the server speaks no TLS there: its answer begins with {:?}",
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

/// The fault of a connection that TLS broke off later: with TLS 1.3 a server looks at our certificate after the handshake.
pub(crate) fn broken(error: &io::Error) -> HttpError {
    fault(match of(error) {
        Some(why @ Error::AlertReceived(_)) => words(why),
        _ => format!("broken TLS: {error}"),
    })
}

fn fault(what: String) -> HttpError {
    HttpError::new(ErrorKind::Tls, what)
}

fn of(error: &io::Error) -> Option<&Error> {
    error.get_ref()?.downcast_ref()
}

/// Whether these bytes begin a record of TLS (RFC 8446, 5.1).
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
            "the server speaks none of the versions of HTTP that it was offered".to_owned()
        }
        other => format!("the TLS handshake failed: {other}"),
    }
}

fn old() -> String {
    "the server speaks neither TLS 1.2 nor TLS 1.3, the versions that throng has".to_owned()
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
            "not valid yet: it begins on {}, and this machine's clock says {}",
            date(*not_before),
            date(*time)
        ),
        CertificateError::NotValidForNameContext {
            expected,
            presented,
        } => wrong_name(expected, presented),
        CertificateError::InvalidPurposeContext { presented, .. } => purpose(presented),
        CertificateError::BadEncoding => "it cannot be read; --insecure takes it".to_owned(),
        CertificateError::UnhandledCriticalExtension => {
            "it has a critical extension that is not understood; --insecure takes it".to_owned()
        }
        CertificateError::BadSignature => "its signature is not its issuer's".to_owned(),
        CertificateError::UnsupportedSignatureAlgorithmContext { .. }
        | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => {
            "its signature or its key is of a kind, or as short, that nobody should believe; \
             --insecure takes it"
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
                    "it is no X.509 certificate of version 3; --insecure takes it".to_owned()
                }
                Some(webpki::Error::UnsupportedCriticalExtension) => {
                    "it has a critical extension that is not understood; --insecure takes it"
                        .to_owned()
                }
                Some(webpki::Error::CaUsedAsEndEntity) => {
                    "it is an authority's, not a server's: add --ca FILE with this very \
                     certificate, or --insecure"
                        .to_owned()
                }
                Some(why) => format!("{why:?}; --insecure takes it"),
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
            "wrong name: it names no host at all (subjectAltName), so not {asked} either"
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
        "it is not for servers (extendedKeyUsage: {}); --insecure takes it",
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

/// What a server means with the alert by which it ends a connection (RFC 8446, 6.2).
fn alerted(alert: AlertDescription) -> String {
    let meaning = match alert {
        AlertDescription::ProtocolVersion => return old(),
        AlertDescription::HandshakeFailure | AlertDescription::InsufficientSecurity => {
            "it has no cipher suite or key exchange in common with throng, or wants a client \
             certificate (--cert and --key)"
        }
        AlertDescription::CertificateRequired => {
            "it wants a client certificate: add --cert FILE and --key FILE"
        }
        AlertDescription::UnknownCA
        | AlertDescription::BadCertificate
        | AlertDescription::UnsupportedCertificate
        | AlertDescription::CertificateUnknown
        | AlertDescription::CertificateRevoked
        | AlertDescription::CertificateExpired
        | AlertDescription::AccessDenied => {
            "it does not take the client certificate (--cert), or misses one"
        }
        AlertDescription::NoApplicationProtocol => {
            "it speaks none of the versions of HTTP that it was offered (--http1, --http2)"
        }
        AlertDescription::UnrecognisedName => "it knows no host of that name",
        AlertDescription::InternalError => "it says that it has an error of its own",
        _ => "it broke off",
    };
    format!("the server refused TLS: {meaning} (alert {alert:?})")
}
