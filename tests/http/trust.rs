//! Which certificates are believed besides those of authorities, and what is said of what is no TLS.

use std::net::SocketAddr;
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, IsCa, KeyPair, PKCS_ECDSA_P256_SHA256, date_time_ymd,
};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::{CertifiedKey, Signer, SigningKey};
use rustls::{
    ServerConfig, SignatureAlgorithm, SignatureScheme, SupportedProtocolVersion, version,
};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use throng::http::{ErrorKind, Method, Settings, TlsSettings};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::tls::{believing, fetch};
use super::{client, request};
use crate::support::authority::{Authority, serve_lines};
use crate::support::{on_one_thread, serve};

/// A certificate that is signed by its own key, its server, and its file.
struct Own {
    address: SocketAddr,
    file: tempfile::NamedTempFile,
}

impl Own {
    async fn serve(change: impl FnOnce(&mut CertificateParams)) -> Self {
        let mut params = CertificateParams::new(vec!["api.test".to_owned()]).unwrap();
        change(&mut params);
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
        let certificate = params.self_signed(&key).unwrap();
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(&file, certificate.pem()).unwrap();
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let config = builder(rustls::ALL_VERSIONS)
            .with_single_cert(vec![certificate.der().clone()], key)
            .unwrap();
        Self {
            address: serve_lines(config).await,
            file,
        }
    }

    /// Settings that are given the certificate of `other`.
    fn given(&self, other: Option<&Self>) -> Settings {
        Settings {
            tls: TlsSettings {
                ca: other.map(|other| other.file.path().to_owned()),
                ..TlsSettings::default()
            },
            ..believing(None, self.address)
        }
    }

    /// What is said of it, when it is given the certificate of `other`; nothing when it is believed.
    async fn refusal(&self, other: Option<&Self>) -> Option<String> {
        let failure = fetch(&self.given(other), self.address).await.err()?;
        assert_eq!((failure.kind, failure.sent), (ErrorKind::Tls, false));
        let (_, what) = failure.message.split_once(": ").unwrap();
        Some(what.to_owned())
    }
}

fn builder(
    versions: &[&'static SupportedProtocolVersion],
) -> rustls::ConfigBuilder<ServerConfig, rustls::server::WantsServerCert> {
    ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_protocol_versions(versions)
        .unwrap()
        .with_no_client_auth()
}

#[test]
fn a_certificate_that_is_given_is_believed_whatever_it_says_of_authorities() {
    on_one_thread(async {
        let authority = || IsCa::Ca(BasicConstraints::Unconstrained);
        for is_ca in [authority(), IsCa::NoCa, IsCa::ExplicitNoCa] {
            // `openssl req -x509` makes the first kind.
            let own = Own::serve(|params| params.is_ca = is_ca).await;
            let twin = Own::serve(|params| params.is_ca = is_ca).await;
            assert_eq!(own.refusal(Some(&own)).await, None, "{is_ca:?}");
            let why = "the certificate is self-signed: add --ca FILE or --insecure";
            assert_eq!(own.refusal(None).await.as_deref(), Some(why));
            // The same names, and another key.
            let refused = own.refusal(Some(&twin)).await.unwrap();
            assert!(refused.starts_with("the certificate is "), "{refused}");
            let credulous = Settings {
                tls: TlsSettings {
                    insecure: true,
                    ..TlsSettings::default()
                },
                ..own.given(None)
            };
            assert_eq!(fetch(&credulous, own.address).await.unwrap().status, 200);
        }
    });
}

#[test]
fn a_certificate_that_is_given_is_held_to_its_name_and_its_dates() {
    on_one_thread(async {
        let authority = || IsCa::Ca(BasicConstraints::Unconstrained);
        let expired = Own::serve(|params| {
            params.is_ca = authority();
            params.not_before = date_time_ymd(2019, 1, 1);
            params.not_after = date_time_ymd(2020, 2, 3);
        })
        .await;
        let early = Own::serve(|params| {
            params.is_ca = authority();
            params.not_before = date_time_ymd(2990, 1, 1);
            params.not_after = date_time_ymd(2999, 1, 1);
        })
        .await;
        let others = CertificateParams::new(
            [
                "a.test",
                "127.0.0.1",
                "b.test",
                "c.test",
                "d.test",
                "e.test",
                "f.test",
            ]
            .map(str::to_owned),
        );
        let names = others.unwrap().subject_alt_names;
        let other = Own::serve(|params| {
            params.is_ca = authority();
            params.subject_alt_names = names;
        })
        .await;
        let nameless = Own::serve(|params| {
            params.is_ca = authority();
            params.subject_alt_names = Vec::new();
        })
        .await;
        for (own, wanted) in [
            (&expired, "expired on 2020-02-03 00:00:00 UTC"),
            (
                &early,
                "not valid before 2990-01-01 00:00:00 UTC, and this machine's clock says 2",
            ),
            (
                &other,
                "wrong name: it is for a.test, 127.0.0.1, b.test, c.test, d.test and 2 more, not for api.test",
            ),
            (
                &nameless,
                "wrong name: it has no host name (subjectAltName), so it is not valid for api.test",
            ),
        ] {
            let why = own.refusal(Some(own)).await.unwrap();
            let wanted = format!("the certificate is refused: {wanted}");
            assert!(why.starts_with(&wanted), "{why}\nnot {wanted}");
        }
    });
}

#[test]
fn a_servers_certificate_that_is_given_needs_no_authority() {
    on_one_thread(async {
        let authority = Authority::new();
        let (config, certificate) = authority.config_and_certificate("api.test");
        let address = serve_lines(config).await;
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(&file, certificate).unwrap();
        let settings = Settings {
            tls: TlsSettings {
                ca: Some(file.path().to_owned()),
                ..TlsSettings::default()
            },
            ..believing(None, address)
        };
        assert_eq!(fetch(&settings, address).await.unwrap().status, 200);
        let other = serve_lines(authority.config("api.test", false, false)).await;
        let settings = Settings {
            tls: TlsSettings {
                ca: Some(file.path().to_owned()),
                ..TlsSettings::default()
            },
            ..believing(None, other)
        };
        let failure = fetch(&settings, other).await.unwrap_err();
        assert!(
            failure.message.contains("the certificate is refused: "),
            "{failure}"
        );
    });
}

/// Shows bytes that are no certificate, and signs with bytes that are no signature.
#[derive(Debug)]
struct Impostor(SignatureScheme);

impl ResolvesServerCert for Impostor {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let certificate = CertificateDer::from(b"no certificate".to_vec());
        Some(Arc::new(CertifiedKey::new(
            vec![certificate],
            Arc::new(Self(self.0)),
        )))
    }
}

impl SigningKey for Impostor {
    fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
        let offered = offered.contains(&self.0);
        offered.then(|| Box::new(Self(self.0)) as Box<dyn Signer>)
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        match self.0 {
            SignatureScheme::RSA_PKCS1_SHA256 | SignatureScheme::RSA_PSS_SHA256 => {
                SignatureAlgorithm::RSA
            }
            _ => SignatureAlgorithm::ECDSA,
        }
    }
}

impl Signer for Impostor {
    fn sign(&self, _message: &[u8]) -> Result<Vec<u8>, rustls::Error> {
        Ok(b"no signature".to_vec())
    }

    fn scheme(&self) -> SignatureScheme {
        self.0
    }
}

#[test]
fn insecure_takes_any_certificate_and_any_signature() {
    on_one_thread(async {
        for (version, scheme) in [
            (&version::TLS13, SignatureScheme::RSA_PSS_SHA256),
            (&version::TLS13, SignatureScheme::ECDSA_NISTP521_SHA512),
            (&version::TLS12, SignatureScheme::RSA_PKCS1_SHA256),
            (&version::TLS12, SignatureScheme::ECDSA_NISTP521_SHA512),
        ] {
            let config = builder(&[version]).with_cert_resolver(Arc::new(Impostor(scheme)));
            let address = serve_lines(config).await;
            let settings = Settings {
                tls: TlsSettings {
                    insecure: true,
                    ..TlsSettings::default()
                },
                ..believing(None, address)
            };
            let answer = fetch(&settings, address).await;
            assert_eq!(
                answer
                    .map(|answer| answer.status)
                    .map_err(|why| why.message),
                Ok(200),
                "{scheme:?}"
            );
        }
    });
}

#[test]
fn what_is_no_tls_is_said_with_what_to_write() {
    on_one_thread(async {
        for (answer, wanted) in [
            (
                &b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"[..],
                "the server speaks plain HTTP on this port, not TLS: use http://",
            ),
            (
                b"<!DOCTYPE HTML>\n<html><head><title>Error response</title></head></html>",
                "the server speaks plain HTTP on this port, not TLS: use http://",
            ),
            (
                b"SSH-2.0-OpenSSH_9.2\r\n",
                "the server does not speak TLS on this port: its response begins with \"SSH-2\"",
            ),
            (
                b"",
                "the server closed the connection in the TLS handshake, without a word: if it speaks plain HTTP, use http://",
            ),
            (
                b"\x15\x03\x01\x00\x02\x02\x46",
                "the server supports neither TLS 1.2 nor TLS 1.3, the versions that throng supports",
            ),
            (
                b"\x15\x03\x01\x00\x02\x02\x28",
                "the server refused TLS: it has no cipher suite",
            ),
            (
                b"\x15\x03\x01\x00\x02\x02\x70",
                "the server refused TLS: it has no host of that name",
            ),
            (
                b"\x15\x03\x03\x00\x02\x02\x78",
                "the server refused TLS: it supports none of the offered HTTP versions",
            ),
        ] {
            let address = serve(move |mut stream, _| async move {
                // All of the first record: what is left unread would reset the connection.
                let mut head = [0; 5];
                stream.read_exact(&mut head).await.unwrap();
                let mut hello = vec![0; usize::from(head[3]) << 8 | usize::from(head[4])];
                stream.read_exact(&mut hello).await.unwrap();
                stream.write_all(answer).await.unwrap();
            })
            .await;
            let failure = fetch(&believing(None, address), address).await.unwrap_err();
            assert_eq!(failure.kind, ErrorKind::Tls, "{failure}");
            let wanted = format!("api.test:{}: {wanted}", address.port());
            assert!(
                failure.message.starts_with(&wanted),
                "{failure}\nnot {wanted}"
            );
        }
    });
}

#[test]
fn plain_http_to_tls_is_said_with_what_to_write() {
    on_one_thread(async {
        let own = Own::serve(|_| ()).await;
        let url = format!("http://{}/", own.address);
        let failure = client(&Settings::default())
            .send(&request(Method::GET, &url))
            .await
            .unwrap_err();
        assert_eq!(failure.kind, ErrorKind::Protocol, "{failure}");
        assert!(
            failure
                .message
                .ends_with(": the server speaks TLS on this port, not plain HTTP: use https://"),
            "{failure}"
        );
    });
}

#[test]
fn a_client_certificate_that_is_missing_is_asked_for() {
    on_one_thread(async {
        let authority = Authority::new();
        let address = serve_lines(authority.config("api.test", false, true)).await;
        let failure = fetch(&believing(Some(&authority), address), address)
            .await
            .unwrap_err();
        // The alert may come behind a reset: then its words are lost.
        if failure.kind == ErrorKind::Tls {
            assert!(
                failure.message.contains("add --cert FILE and --key FILE"),
                "{failure}"
            );
        }
    });
}

#[test]
fn a_connection_that_cannot_be_made_is_said_in_words() {
    on_one_thread(async {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        let fails = async |url: &str| {
            let sent = client(&Settings::default())
                .send(&request(Method::GET, url))
                .await;
            sent.unwrap_err()
        };
        let refused = fails(&format!("http://{address}/")).await;
        assert_eq!(refused.kind, ErrorKind::Connect);
        assert_eq!(
            refused.message,
            format!(
                "{address}: cannot connect to 127.0.0.1: connection refused: nothing listens on that port"
            )
        );
        // Reserved never to exist (RFC 6761, 6.4); a machine without a network says so instead.
        let unknown = fails("http://nowhere.invalid/").await;
        assert_eq!(unknown.kind, ErrorKind::Dns);
        let words = [
            "no such host: \"nowhere.invalid\"",
            "no name server responds for \"nowhere.invalid\"",
        ];
        assert!(
            words.iter().any(|words| unknown.message.contains(words)),
            "{unknown}"
        );
    });
}
