//! throng's client and reqwest must see the same answer in the same bytes.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use throng::http::Method;

use super::{plain, request};
use crate::support::{on_one_thread, serve_bytes_once};

const ROUNDS: u64 = 300;

/// A well-formed answer, drawn at random.
fn answer(random: &mut StdRng) -> Vec<u8> {
    let body: Vec<u8> = (0..random.random_range(0..5_000))
        .map(|_| random.random())
        .collect();
    let end = ["\r\n", "\n"][usize::from(random.random_bool(0.2))];
    let status = [
        200, 201, 202, 204, 206, 304, 400, 404, 418, 429, 500, 503, 599,
    ][random.random_range(0..13)];
    let mut lines = vec![format!(
        "HTTP/1.{} {status} {}",
        u8::from(random.random_bool(0.9)),
        ["OK", "", "Not So \u{e9}"][random.random_range(0..3)]
    )];
    for number in 0..random.random_range(0..40) {
        let space = " ".repeat(random.random_range(0..3));
        let value = ["", "a", "a b\tc", "x,y; z=\"1\"", "\u{e9}"][random.random_range(0..5)];
        lines.push(format!("X-Field-{}:{space}{value}{space}", number % 7));
    }
    let mut raw = Vec::new();
    match random.random_range(0..3) {
        0 => {
            lines.push(format!("content-LENGTH: {}", body.len()));
            raw = body;
        }
        1 if lines[0].starts_with("HTTP/1.1") => {
            lines.push("Transfer-Encoding: Chunked".to_owned());
            let mut rest = &body[..];
            while !rest.is_empty() {
                let (chunk, behind) = rest.split_at(random.random_range(1..=rest.len()));
                raw.extend_from_slice(
                    format!(
                        "{:X}{}\r\n",
                        chunk.len(),
                        [";a=b", ""][random.random_range(0..2)]
                    )
                    .as_bytes(),
                );
                raw.extend_from_slice(chunk);
                raw.extend_from_slice(b"\r\n");
                rest = behind;
            }
            raw.extend_from_slice(b"0\r\n\r\n");
        }
        _ => raw = body,
    }
    if matches!(status, 204 | 304) {
        raw.clear();
    }
    let mut whole = format!("{}{end}{end}", lines.join(end)).into_bytes();
    whole.extend(raw);
    whole
}

#[test]
fn both_see_the_same_answer() {
    on_one_thread(async {
        let ours = plain();
        let theirs = reqwest::Client::builder().no_proxy().build().unwrap();
        for seed in 0..ROUNDS {
            let bytes = answer(&mut StdRng::seed_from_u64(seed));
            let url = format!("http://{}/", serve_bytes_once(bytes.clone()).await);
            let text = String::from_utf8_lossy(&bytes[..bytes.len().min(400)]).into_owned();
            let one = ours
                .send(&request(Method::GET, &url))
                .await
                .unwrap_or_else(|failure| panic!("{seed}: {failure} in {text}"));
            let other = theirs
                .get(&url)
                .send()
                .await
                .unwrap_or_else(|error| panic!("{seed}: {error:?} in {text}"));
            assert_eq!(one.status, other.status().as_u16(), "{seed}: {text}");
            assert_eq!(one.version, other.version(), "{seed}: {text}");
            let fields = |name: &str| {
                one.headers
                    .get_all(name)
                    .map(<[u8]>::to_vec)
                    .collect::<Vec<_>>()
            };
            assert_eq!(one.headers.len(), other.headers().len(), "{seed}: {text}");
            for name in other.headers().keys() {
                let same: Vec<_> = other
                    .headers()
                    .get_all(name)
                    .iter()
                    .map(|value| value.as_bytes().to_vec())
                    .collect();
                assert_eq!(fields(name.as_str()), same, "{seed}: {name} in {text}");
            }
            assert!(one.body == other.bytes().await.unwrap(), "{seed}: {text}");
        }
    });
}

#[test]
fn no_noise_is_ever_a_panic() {
    on_one_thread(async {
        let ours = plain();
        for seed in 0..ROUNDS {
            let mut random = StdRng::seed_from_u64(seed);
            let mut bytes = answer(&mut random);
            for _ in 0..random.random_range(1..4) {
                let at = random.random_range(0..bytes.len());
                match random.random_range(0..3) {
                    0 => bytes[at] = random.random(),
                    1 => bytes.truncate(at),
                    _ => bytes.insert(at, [b'\r', b'\n', b':', b'0', 0][random.random_range(0..5)]),
                }
                if bytes.is_empty() {
                    break;
                }
            }
            let url = format!("http://{}/", serve_bytes_once(bytes).await);
            // Whatever it is, it is an answer or a failure, and it comes at once.
            let mut request = request(Method::GET, &url);
            request.timeout = Some(std::time::Duration::from_secs(20));
            if let Err(failure) = ours.send(&request).await {
                assert_ne!(
                    failure.kind,
                    throng::http::ErrorKind::Timeout,
                    "{seed}: {failure}"
                );
            }
        }
    });
}
