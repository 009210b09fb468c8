//! Where users may connect to, whatever leads there.

use std::cell::Cell;
use std::net::SocketAddr;
use std::rc::Rc;

use throng::http::redirect;
use throng::http::{
    Allowed, ErrorKind, Failure, Method, NotAllowed, Origin, Reach, Resolve, Response, Settings,
};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;

use super::{client, request};
use crate::support::{on_one_thread, read_request};

/// A server at an address of loopback, and how many connections came to it.
async fn server(host: &str, answer: &str) -> (SocketAddr, Rc<Cell<usize>>) {
    let listener = TcpListener::bind((host, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let (came, answer) = (Rc::new(Cell::new(0)), answer.to_owned());
    let count = Rc::clone(&came);
    tokio::task::spawn_local(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            count.set(count.get() + 1);
            let answer = answer.clone();
            tokio::task::spawn_local(async move {
                while read_request(&mut stream).await.is_some() {
                    stream.write_all(answer.as_bytes()).await.unwrap();
                }
            });
        }
    });
    (address, came)
}

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/// Users of a run against this URL, who may go to these places too.
fn bound(base_url: &str, allowed: &[&str]) -> Settings {
    let (home, _) = Origin::parse(base_url).unwrap();
    let allowed = allowed.iter().map(|text| text.parse().unwrap()).collect();
    Settings {
        reach: Reach::of(&home, allowed),
        ..Settings::default()
    }
}

async fn get(settings: &Settings, url: &str) -> Result<Response, Box<Failure>> {
    client(settings).send(&request(Method::GET, url)).await
}

/// What became of a GET: the status, or the kind of the failure.
async fn end(settings: &Settings, url: &str) -> Result<u16, ErrorKind> {
    let got = get(settings, url).await;
    got.map(|answer| answer.status).map_err(|why| why.kind)
}

const REFUSED: Result<u16, ErrorKind> = Err(ErrorKind::NotAllowed);

#[test]
fn the_target_is_reached_at_any_port_and_another_host_is_not() {
    on_one_thread(async {
        let (home, _) = server("127.0.0.1", OK).await;
        let (second, _) = server("127.0.0.1", OK).await;
        let (other, came) = server("127.0.0.2", OK).await;
        let settings = bound(&format!("http://{home}"), &[]);
        assert_eq!(end(&settings, &format!("http://{home}/")).await, Ok(200));
        assert_eq!(end(&settings, &format!("http://{second}/")).await, Ok(200));
        let failure = get(&settings, &format!("http://{other}/x"))
            .await
            .unwrap_err();
        assert_eq!(failure.kind, ErrorKind::NotAllowed);
        assert_eq!(
            failure.message,
            format!(
                "{other}: not allowed: users of this run may connect only to 127.0.0.1; to allow 127.0.0.2 too, start it with --allow-host 127.0.0.2"
            )
        );
        assert!(!failure.sent);
        assert_eq!(came.get(), 0);
    });
}

#[test]
fn what_is_allowed_is_reached_by_name_by_address_and_by_range_at_its_port_only() {
    on_one_thread(async {
        let (home, _) = server("127.0.0.1", OK).await;
        let (other, came) = server("127.0.0.2", OK).await;
        let (base, url) = (format!("http://{home}"), format!("http://{other}/"));
        let wrong = other.port() ^ 1;
        for (allowed, expected) in [
            ("127.0.0.2".to_owned(), Ok(200)),
            (format!("127.0.0.2:{}", other.port()), Ok(200)),
            (format!("127.0.0.2:{wrong}"), REFUSED),
            ("127.0.0.2/32".to_owned(), Ok(200)),
            ("127.0.0.0/30".to_owned(), Ok(200)),
            ("127.99.0.0/8".to_owned(), Ok(200)),
            ("0.0.0.0/0".to_owned(), Ok(200)),
            ("127.0.0.4/30".to_owned(), REFUSED),
            ("127.0.0.3".to_owned(), REFUSED),
            ("::/0".to_owned(), REFUSED),
            ("localhost".to_owned(), REFUSED),
        ] {
            let settings = bound(&base, &[&allowed]);
            assert_eq!(end(&settings, &url).await, expected, "{allowed}");
        }
        assert_eq!(came.get(), 6);
        let mapped = format!("http://[::ffff:127.0.0.2]:{}/", other.port());
        assert_eq!(end(&bound(&base, &["127.0.0.2"]), &mapped).await, Ok(200));
        assert_eq!(end(&bound(&base, &[]), &mapped).await, REFUSED);
    });
}

#[test]
fn ranges_of_ipv6_are_compared_by_their_bits() {
    on_one_thread(async {
        let (other, _) = server("::1", OK).await;
        let url = format!("http://{other}/");
        for (allowed, expected) in [
            ("::1", Ok(200)),
            ("::/64", Ok(200)),
            ("::/127", Ok(200)),
            ("::2/127", REFUSED),
            ("fd00::/8", REFUSED),
            ("0.0.0.0/0", REFUSED),
        ] {
            let settings = bound("http://127.0.0.1", &[allowed]);
            assert_eq!(end(&settings, &url).await, expected, "{allowed}");
        }
        let with_port = format!("[::1]:{}", other.port());
        assert_eq!(
            end(&bound("http://127.0.0.1", &[&with_port]), &url).await,
            Ok(200)
        );
    });
}

#[test]
fn of_a_name_with_several_addresses_only_those_in_a_range_are_tried() {
    on_one_thread(async {
        // `localhost` is ::1 too on most machines: whatever it is, 127.0.0.1 is where the answer must come from.
        let (home, _) = server("127.0.0.1", OK).await;
        let url = format!("http://localhost:{}/", home.port());
        let base = "http://target.test";
        assert_eq!(end(&bound(base, &["127.0.0.0/8"]), &url).await, Ok(200));
        assert_eq!(end(&bound(base, &["10.0.0.0/8"]), &url).await, REFUSED);
        assert_eq!(end(&bound(base, &["LOCALHOST."]), &url).await, Ok(200));
        assert_eq!(end(&bound(base, &[]), &url).await, REFUSED);
    });
}

#[test]
fn a_name_that_is_unknown_and_not_allowed_is_refused_and_no_fault_of_dns() {
    on_one_thread(async {
        let url = "http://nobody.invalid/";
        let base = "http://127.0.0.1";
        assert_eq!(end(&bound(base, &[]), url).await, REFUSED);
        assert_eq!(end(&bound(base, &["10.0.0.0/8"]), url).await, REFUSED);
        assert_eq!(
            end(&bound(base, &["nobody.invalid"]), url).await,
            Err(ErrorKind::Dns)
        );
    });
}

#[test]
fn a_fixed_address_opens_no_way() {
    on_one_thread(async {
        let (other, came) = server("127.0.0.2", OK).await;
        let fixed = |host: &str, address: &str| Resolve {
            host: host.to_owned(),
            port: other.port(),
            address: address.parse().unwrap(),
        };
        let url = |host: &str| format!("http://{host}:{}/", other.port());
        let mut settings = bound("http://target.test", &["127.0.0.0/30"]);
        settings.resolve = vec![
            fixed("target.test", "127.0.0.2"),
            fixed("near.test", "127.0.0.2"),
            fixed("far.test", "127.0.0.5"),
            fixed("cloud.test", "169.254.169.254"),
        ];
        assert_eq!(end(&settings, &url("target.test")).await, Ok(200));
        assert_eq!(end(&settings, &url("near.test")).await, Ok(200));
        assert_eq!(end(&settings, &url("far.test")).await, REFUSED);
        settings.reach = Reach::of(
            &Origin::parse("http://cloud.test").unwrap().0,
            vec!["0.0.0.0/0".parse().unwrap()],
        );
        assert_eq!(end(&settings, &url("cloud.test")).await, REFUSED);
        settings.reach = Reach::of(&Origin::parse("http://x.test").unwrap().0, Vec::new());
        assert_eq!(end(&settings, &url("near.test")).await, REFUSED);
        assert_eq!(came.get(), 2);
    });
}

#[test]
fn a_redirect_to_another_host_is_refused_there() {
    on_one_thread(async {
        let (other, came) = server("127.0.0.2", OK).await;
        let answer =
            format!("HTTP/1.1 302 Found\r\nLocation: http://{other}/\r\nContent-Length: 0\r\n\r\n");
        let (home, _) = server("127.0.0.1", &answer).await;
        let client = client(&bound(&format!("http://{home}"), &[]));
        let first = request(Method::GET, &format!("http://{home}/"));
        let moved = client.send(&first).await.unwrap();
        let next = redirect::next(&first, &moved).unwrap().unwrap();
        assert_eq!(
            client.send(&next).await.unwrap_err().kind,
            ErrorKind::NotAllowed
        );
        assert_eq!(came.get(), 0);
    });
}

#[test]
fn metadata_of_clouds_is_never_reached_however_it_is_written() {
    on_one_thread(async {
        let everywhere = bound("http://127.0.0.1", &["0.0.0.0/0", "::/0"]);
        for host in [
            "169.254.169.254",
            "2852039166",
            "0xa9.0xfe.0xa9.0xfe",
            "169.254.170.2",
            "100.100.100.200",
            "168.63.129.16",
            "[fd00:ec2::254]",
            "[fd20:ce::254]",
            "[::ffff:169.254.169.254]",
            "[::169.254.169.254]",
            "[64:ff9b::169.254.169.254]",
            "[2002:a9fe:a9fe::1]",
            "metadata.google.internal",
            "METADATA.google.internal.",
        ] {
            for settings in [&everywhere, &Settings::default()] {
                let failure = get(settings, &format!("http://{host}/")).await.unwrap_err();
                assert_eq!(failure.kind, ErrorKind::NotAllowed, "{host}");
                let said = "get their credentials; throng never connects to it";
                assert!(failure.message.ends_with(said), "{}", failure.message);
            }
        }
        for base in [
            "http://169.254.169.254/x",
            "http://metadata.google.internal",
        ] {
            let why = bound(base, &[]).load().unwrap_err().to_string();
            assert!(why.contains("never connects to it"), "{why}");
        }
    });
}

#[test]
fn a_proxy_is_asked_for_allowed_places_only() {
    on_one_thread(async {
        let (proxy, came) = server("127.0.0.2", OK).await;
        let mut settings = bound("http://target.test", &["api.test:81", "10.0.0.0/8"]);
        settings.proxy = Some(format!("http://{proxy}"));
        for (url, expected) in [
            ("http://target.test/", Ok(200)),
            ("http://api.test:81/", Ok(200)),
            ("http://10.1.2.3/", Ok(200)),
            ("http://api.test/", REFUSED),
            ("http://other.test/", REFUSED),
            ("http://11.1.2.3/", REFUSED),
            ("http://169.254.169.254/", REFUSED),
            ("https://other.test/", REFUSED),
        ] {
            assert_eq!(end(&settings, url).await, expected, "{url}");
        }
        assert_eq!(came.get(), 3);
    });
}

#[test]
fn places_are_read_as_they_are_shown_and_nonsense_is_none() {
    for (text, shown) in [
        ("Api.Example.COM", "api.example.com"),
        ("api.example.com.:8080", "api.example.com:8080"),
        ("10.0.0.5", "10.0.0.5"),
        ("10.0.0.5:80", "10.0.0.5:80"),
        ("10.0.0.0/8", "10.0.0.0/8"),
        ("::ffff:10.0.0.5", "10.0.0.5"),
        ("fd00::1", "fd00::1"),
        ("[fd00::1]", "fd00::1"),
        ("[fd00::1]:80", "[fd00::1]:80"),
        ("fd00::/8", "fd00::/8"),
    ] {
        assert_eq!(text.parse::<Allowed>().unwrap().to_string(), shown);
    }
    for text in [
        "",
        "a b",
        "a:b",
        "a:0",
        "a:70000",
        "10.0.0.0/x",
        "name/8",
        ":80",
        "*.test",
        "[::1",
    ] {
        assert_eq!(text.parse::<Allowed>(), Err(NotAllowed::Form), "{text:?}");
    }
    assert_eq!("10.0.0.0/33".parse::<Allowed>(), Err(NotAllowed::Bits));
    for text in ["169.254.169.254", "fd00:ec2::254", "169.254.169.254:80"] {
        assert_eq!(text.parse::<Allowed>(), Err(NotAllowed::Metadata), "{text}");
    }
}
