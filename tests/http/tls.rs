//! TLS: who is believed, who is not and why, and who we are.

use std::net::SocketAddr;
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

use throng::http::{ErrorKind, Failure, Method, Resolve, Response, Settings, TlsSettings};

use super::{client, request};
use crate::support::authority::{Authority, serve_lines};
use crate::support::on_one_thread;

pub fn believing(authority: Option<&Authority>, address: SocketAddr) -> Settings {
    Settings {
        tls: TlsSettings {
            ca: authority.map(Authority::file),
            ..TlsSettings::default()
        },
        resolve: vec![Resolve {
            host: "api.test".into(),
            port: address.port(),
            address: address.ip(),
        }],
        ..Settings::default()
    }
}

pub async fn fetch(settings: &Settings, address: SocketAddr) -> Result<Response, Box<Failure>> {
    client(settings)
        .send(&request(
            Method::GET,
            &format!("https://api.test:{}/x", address.port()),
        ))
        .await
}

#[test]
fn an_authority_that_is_given_is_believed_and_the_connection_kept() {
    on_one_thread(async {
        let authority = Authority::new();
        let address = authority.serve("api.test").await;
        let client = client(&believing(Some(&authority), address));
        for turn in 0..3 {
            let request = request(
                Method::GET,
                &format!("https://api.test:{}/x", address.port()),
            );
            let answer = client.send(&request).await.unwrap();
            assert_eq!(&answer.body[..], b"GET /x HTTP/1.1");
            assert_eq!(answer.reused, turn > 0);
            assert_eq!(answer.timings.tls > Duration::ZERO, turn == 0);
            // Session tickets come behind the handshake; they are no bytes of an answer.
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    });
}

#[test]
fn certificates_are_refused_for_a_reason_that_is_said() {
    on_one_thread(async {
        let authority = Authority::new();
        let good = authority.serve("api.test").await;
        let expired = serve_lines(authority.config("api.test", true, false)).await;
        let other = authority.serve("other.test").await;
        for (settings, address, reason) in [
            (
                believing(None, good),
                good,
                "the certificate is refused: unknown issuer: add --ca FILE",
            ),
            (
                believing(Some(&authority), expired),
                expired,
                "the certificate is refused: expired on 2020-01-01 00:00:00 UTC",
            ),
            (
                believing(Some(&authority), other),
                other,
                "the certificate is refused: wrong name: it is for other.test, not for api.test",
            ),
        ] {
            let failure = fetch(&settings, address).await.unwrap_err();
            assert_eq!(failure.kind, ErrorKind::Tls);
            assert!(failure.message.contains(reason), "{failure}");
            assert!(!failure.sent);
            assert!(failure.timings.tls > Duration::ZERO);
            let credulous = Settings {
                tls: TlsSettings {
                    insecure: true,
                    ..TlsSettings::default()
                },
                ..settings
            };
            assert_eq!(fetch(&credulous, address).await.unwrap().status, 200);
        }
    });
}

#[test]
fn a_client_certificate_is_shown_when_asked() {
    on_one_thread(async {
        let authority = Authority::new();
        let address = serve_lines(authority.config("api.test", false, true)).await;
        let mut settings = believing(Some(&authority), address);
        let failure = fetch(&settings, address).await.unwrap_err();
        assert!(
            matches!(failure.kind, ErrorKind::Tls | ErrorKind::Reset),
            "{failure}"
        );
        settings.tls.identity = Some(authority.identity());
        assert_eq!(fetch(&settings, address).await.unwrap().status, 200);
    });
}

#[test]
fn an_end_without_farewell_is_a_truncation() {
    on_one_thread(async {
        let authority = Authority::new();
        let address = authority.serve("api.test").await;
        let url = format!("https://api.test:{}/cut", address.port());
        let failure = client(&believing(Some(&authority), address))
            .send(&request(Method::GET, &url))
            .await
            .unwrap_err();
        assert_eq!(failure.kind, ErrorKind::Truncated, "{failure}");
    });
}

#[test]
fn requests_at_once_do_not_wait_for_each_other_when_it_is_http1() {
    on_one_thread(async {
        let authority = Authority::new();
        let address = authority.serve("api.test").await;
        let client = Rc::new(client(&believing(Some(&authority), address)));
        let url = format!("https://api.test:{}/x", address.port());
        let all: Vec<_> = (0..8)
            .map(|_| {
                let (client, url) = (client.clone(), url.clone());
                tokio::task::spawn_local(async move {
                    client
                        .send(&request(Method::GET, &url))
                        .await
                        .unwrap()
                        .status
                })
            })
            .collect();
        for one in all {
            assert_eq!(one.await.unwrap(), 200);
        }
    });
}

#[test]
fn files_that_are_no_certificates_are_found_before_the_run() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let empty = file("empty.pem", "");
    let broken = file(
        "broken.pem",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    );
    let absent = folder.path().join("absent.pem");
    let names = |path: &Path, settings: &Settings| {
        let error = settings.load().unwrap_err().to_string();
        assert!(error.contains(&path.display().to_string()), "{error}");
    };
    for path in [&empty, &broken, &absent] {
        names(
            path,
            &Settings {
                tls: TlsSettings {
                    ca: Some(path.clone()),
                    ..TlsSettings::default()
                },
                ..Settings::default()
            },
        );
        names(
            path,
            &Settings {
                tls: TlsSettings {
                    identity: Some((path.clone(), path.clone())),
                    ..TlsSettings::default()
                },
                ..Settings::default()
            },
        );
    }
}
