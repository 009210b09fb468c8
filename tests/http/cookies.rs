//! A user's cookies.

use std::cell::RefCell;
use std::net::SocketAddr;
use std::rc::Rc;

use throng::http::Client;
use tokio::io::AsyncWriteExt;

use super::{get, plain, request};
use crate::support::{on_one_thread, read_request, serve};

/// A server that sets these cookies on `/set`, and the `Cookie` line of each request.
async fn baker(cookies: &'static [&'static str]) -> (SocketAddr, Rc<RefCell<Vec<Option<String>>>>) {
    let seen = Rc::new(RefCell::new(Vec::new()));
    let record = seen.clone();
    let address = serve(move |mut stream, _| {
        let record = record.clone();
        async move {
            while let Some((head, _)) = read_request(&mut stream).await {
                let cookie = head.lines().find_map(|line| {
                    line.to_lowercase()
                        .starts_with("cookie: ")
                        .then(|| line[8..].to_owned())
                });
                record.borrow_mut().push(cookie);
                let mut answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n".to_owned();
                if head.starts_with("GET /set ") {
                    for cookie in cookies {
                        answer.push_str(&format!("Set-Cookie: {cookie}\r\n"));
                    }
                }
                stream
                    .write_all(format!("{answer}\r\n").as_bytes())
                    .await
                    .unwrap();
            }
        }
    })
    .await;
    (address, seen)
}

async fn go(client: &Client, address: SocketAddr, path: &str) {
    let request = request(http::Method::GET, &format!("http://{address}{path}"));
    client.send(&request).await.unwrap();
}

#[test]
fn cookies_come_back_where_they_belong() {
    on_one_thread(async {
        let (address, seen) = baker(&[
            "id=1; Path=/a",
            "theme=dark",
            "gone=1; Max-Age=0",
            "secret=1; Secure",
            "foreign=1; Domain=other.test",
        ])
        .await;
        let client = plain();
        for path in ["/", "/set", "/", "/a/b"] {
            go(&client, address, path).await;
        }
        let mut all: Vec<_> = seen.borrow()[3]
            .as_deref()
            .unwrap()
            .split("; ")
            .map(str::to_owned)
            .collect();
        all.sort();
        // The jar counts a loopback host as secure, as browsers do.
        all.retain(|pair| pair != "secret=1");
        assert_eq!(all, ["id=1", "theme=dark"]);
        assert_eq!(seen.borrow()[0], None);
        assert_eq!(seen.borrow()[1], None);
        assert!(!seen.borrow()[2].as_deref().unwrap().contains("id=1"));
    });
}

#[test]
fn a_cookie_of_the_caller_joins_the_jar_and_a_new_session_has_none() {
    on_one_thread(async {
        let (address, seen) = baker(&["id=1"]).await;
        let client = plain();
        go(&client, address, "/set").await;
        let mut own = get(address);
        own.headers.push("Cookie", "own=1").unwrap();
        client.send(&own).await.unwrap();
        go(&client, address, "/").await;
        client.clear();
        go(&client, address, "/").await;
        go(&plain(), address, "/").await;
        let expected = [None, Some("own=1; id=1"), Some("id=1"), None, None];
        assert_eq!(
            seen.borrow()
                .iter()
                .map(Option::as_deref)
                .collect::<Vec<_>>(),
            expected
        );
    });
}
