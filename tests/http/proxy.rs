//! Proxies: plain requests and tunnels.

use std::cell::RefCell;
use std::net::SocketAddr;
use std::rc::Rc;

use throng::http::{ErrorKind, Method, Settings, TlsSettings};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::{client, request};
use crate::support::authority::Authority;
use crate::support::{on_one_thread, read_request, serve};

/// A proxy that answers plain requests by itself and makes tunnels to 127.0.0.1; and the heads it saw.
async fn proxy() -> (SocketAddr, Rc<RefCell<Vec<String>>>) {
    let seen = Rc::new(RefCell::new(Vec::new()));
    let record = seen.clone();
    let address = serve(move |mut stream, _| {
        let record = record.clone();
        async move {
            while let Some((head, _)) = read_request(&mut stream).await {
                record.borrow_mut().push(head.clone());
                let target = head.split(' ').nth(1).unwrap();
                if !head.starts_with("CONNECT ") {
                    stream
                        .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nproxy")
                        .await
                        .unwrap();
                } else if target.starts_with("denied.test:") {
                    stream
                        .write_all(b"HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n")
                        .await
                        .unwrap();
                } else {
                    let port: u16 = target.split(':').next_back().unwrap().parse().unwrap();
                    let mut onward = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
                    stream
                        .write_all(b"HTTP/1.1 200 Tunnel\r\n\r\n")
                        .await
                        .unwrap();
                    let _ended = tokio::io::copy_bidirectional(&mut stream, &mut onward).await;
                    return;
                }
            }
        }
    })
    .await;
    (address, seen)
}

#[test]
fn a_plain_request_goes_through_the_proxy_with_its_whole_url() {
    on_one_thread(async {
        let (address, seen) = proxy().await;
        let settings = Settings {
            proxy: Some(format!("http://us%65r:p%40ss@{address}")),
            ..Settings::default()
        };
        let client = client(&settings);
        for turn in 0..2 {
            let answer = client
                .send(&request(Method::GET, "http://far.test:81/x?y"))
                .await
                .unwrap();
            assert_eq!(&answer.body[..], b"proxy");
            assert_eq!(answer.reused, turn > 0);
        }
        let head = seen.borrow()[0].clone();
        assert!(
            head.starts_with("GET http://far.test:81/x?y HTTP/1.1\r\nHost: far.test:81\r\n"),
            "{head}"
        );
        assert!(
            head.contains("\r\nProxy-Authorization: Basic dXNlcjpwQHNz\r\n"),
            "{head}"
        );
    });
}

#[test]
fn an_https_request_goes_through_a_tunnel() {
    on_one_thread(async {
        let authority = Authority::new();
        let target = authority.serve("target.test").await;
        let (address, seen) = proxy().await;
        let settings = Settings {
            proxy: Some(format!("http://user:pass@{address}")),
            tls: TlsSettings {
                ca: Some(authority.file().to_owned()),
                ..TlsSettings::default()
            },
            ..Settings::default()
        };
        let client = client(&settings);
        let url = format!("https://target.test:{}/x", target.port());
        let answer = client.send(&request(Method::GET, &url)).await.unwrap();
        assert_eq!(&answer.body[..], b"GET /x HTTP/1.1");
        let heads = seen.borrow();
        assert_eq!(heads.len(), 1);
        let expected = format!(
            "CONNECT target.test:{0} HTTP/1.1\r\nHost: target.test:{0}\r\nProxy-Authorization: Basic dXNlcjpwYXNz\r\n\r\n",
            target.port()
        );
        assert_eq!(heads[0], expected);
    });
}

#[test]
fn a_proxy_that_refuses_is_a_failure_to_connect() {
    on_one_thread(async {
        let (address, _) = proxy().await;
        let settings = Settings {
            proxy: Some(format!("http://{address}")),
            ..Settings::default()
        };
        let failure = client(&settings)
            .send(&request(Method::GET, "https://denied.test/"))
            .await
            .unwrap_err();
        assert_eq!(failure.kind, ErrorKind::Connect);
        assert!(failure.message.contains("403"), "{failure}");
        assert!(!failure.sent);
    });
}

#[test]
fn a_proxy_that_cannot_be_one_is_found_before_the_run() {
    for url in [
        "https://proxy.test",
        "socks5://proxy.test",
        "proxy",
        "http://",
    ] {
        let settings = Settings {
            proxy: Some(url.to_owned()),
            ..Settings::default()
        };
        assert!(settings.load().is_err(), "{url}");
    }
}
