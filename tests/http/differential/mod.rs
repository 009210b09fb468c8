//! throng's client and reqwest must see the same answer in the same bytes, or both must refuse it.

mod answers;

use std::collections::BTreeMap;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use throng::http::{Client, ErrorKind, Method};
use tokio::io::AsyncWriteExt;

use super::{plain, request};
use crate::support::{on_one_thread, read_request, serve, serve_bytes_once};
use answers::{Quirk, answer};

const ROUNDS: u64 = 1_200;
const PATIENCE: Duration = Duration::from_secs(20);

/// What one of the two is known to refuse alone, and why that is so.
fn deviation(quirk: Quirk) -> Option<(Refuses, &'static str)> {
    use Quirk::*;
    use Refuses::*;
    Some(match quirk {
        SameLengthTwice | LengthList => (
            Ours,
            "RFC 9112, 6.3: a repeated length may be refused, and hides what a proxy believes",
        ),
        CodingBeforeChunked | CodingBehindChunked | UnknownCoding => (
            Ours,
            "RFC 9112, 6.1: no coding but chunked was asked for, and the body would be no body",
        ),
        Switching => (Ours, "RFC 9110, 15.2.2: nobody asked to switch"),
        ChunkedInHttp10 => (
            Theirs,
            "RFC 9112, 6.1: such a body is read as it is framed, and its connection closed",
        ),
        LaterVersion => (
            Theirs,
            "RFC 9110, 2.5: another minor version is read as the highest one that is known",
        ),
        Folded => (
            Theirs,
            "RFC 9112, 5.2: a user agent replaces a line break within a field by a blank",
        ),
        _ => return Option::None,
    })
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Refuses {
    Ours,
    Theirs,
}

/// An answer as far as the two can be compared; headers in the order of their names, then as they came.
#[derive(Debug, PartialEq)]
struct Seen {
    status: u16,
    version: http::Version,
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
}

fn in_order(mut headers: Vec<(String, Vec<u8>)>) -> Vec<(String, Vec<u8>)> {
    headers.sort_by(|(one, _), (other, _)| one.cmp(other));
    headers
}

async fn ours(client: &Client, method: Method, url: &str) -> Option<Seen> {
    let mut request = request(method, url);
    request.timeout = Some(PATIENCE);
    match client.send(&request).await {
        Ok(answer) => Some(Seen {
            status: answer.status,
            version: answer.version,
            headers: in_order(
                answer
                    .headers
                    .iter()
                    .map(|(name, value)| (name.to_lowercase(), value.to_vec()))
                    .collect(),
            ),
            body: answer.body.to_vec(),
        }),
        Err(failure) => {
            // Whatever it is, it comes at once, and nothing was hard to connect to.
            // Noise in a Content-Length may make it large.
            let kinds = [
                ErrorKind::Protocol,
                ErrorKind::Truncated,
                ErrorKind::Reset,
                ErrorKind::TooLarge,
            ];
            assert!(kinds.contains(&failure.kind), "{url}: {failure}");
            None
        }
    }
}

async fn theirs(client: &reqwest::Client, method: Method, url: &str) -> Option<Seen> {
    let answer = client.request(method, url).send().await.ok()?;
    let (status, version) = (answer.status().as_u16(), answer.version());
    let headers = answer
        .headers()
        .iter()
        .map(|(name, value)| (name.to_string(), value.as_bytes().to_vec()))
        .collect();
    Some(Seen {
        status,
        version,
        headers: in_order(headers),
        body: answer.bytes().await.ok()?.to_vec(),
    })
}

/// A server whose answer to `/7` is answer number 7, written piece by piece.
async fn serve_answers() -> std::net::SocketAddr {
    serve(|mut stream, _| async move {
        while let Some((head, _)) = read_request(&mut stream).await {
            let path = head.split(' ').nth(1).unwrap_or_default();
            let answer = answer(path[1..].parse().unwrap());
            // HEAD is answered without what would be its body, or it would be taken for the next answer.
            let end = match head.starts_with("HEAD") {
                true => end_of_head(&answer.bytes),
                false => answer.bytes.len(),
            };
            let mut from = 0;
            for to in answer.pieces.into_iter().chain([end]) {
                let to = to.min(end);
                if stream.write_all(&answer.bytes[from..to]).await.is_err() {
                    return;
                }
                from = to;
                tokio::task::yield_now().await;
            }
            if !answer.stays {
                let _closed_already = stream.shutdown().await;
                return;
            }
        }
    })
    .await
}

fn end_of_head(bytes: &[u8]) -> usize {
    let ends = [&b"\r\n\r\n"[..], b"\n\n"];
    (0..=bytes.len())
        .find(|at| ends.iter().any(|end| bytes[..*at].ends_with(end)))
        .unwrap_or(bytes.len())
}

#[test]
fn both_see_the_same_answer_or_none() {
    on_one_thread(async {
        let us = plain();
        let them = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(PATIENCE)
            .build()
            .unwrap();
        let address = serve_answers().await;
        let mut met: BTreeMap<Quirk, [u32; 2]> = BTreeMap::new();
        let mut differ = Vec::new();
        for seed in 0..ROUNDS {
            let made = answer(seed);
            let method = match (made.quirk, seed % 10) {
                (Quirk::None, 0) => Method::HEAD,
                _ => Method::GET,
            };
            let url = format!("http://{address}/{seed}");
            let one = ours(&us, method.clone(), &url).await;
            let other = theirs(&them, method, &url).await;
            let [whole, refused] = met.entry(made.quirk).or_default();
            match (&one, &other) {
                (Some(_), Some(_)) => *whole += 1,
                _ => *refused += 1,
            }
            let known = deviation(made.quirk);
            let fine = match known {
                None => one == other,
                Some((Refuses::Ours, _)) => one.is_none() && other.is_some(),
                Some((Refuses::Theirs, _)) => one.is_some() && other.is_none(),
            };
            if !fine {
                let text = String::from_utf8_lossy(&made.bytes[..made.bytes.len().min(1_500)]);
                let halves = [one.is_some(), other.is_some()];
                differ.push(format!(
                    "{seed}, {:?}, {known:?}: {halves:?} of {text:?}",
                    made.quirk
                ));
            }
        }
        assert!(differ.is_empty(), "{}", differ.join("\n"));
        // A test that met nothing proves nothing.
        for quirk in Quirk::ALL {
            assert!(met.contains_key(&quirk), "{quirk:?} was never drawn");
        }
        let plain = met[&Quirk::None];
        assert!(
            plain[0] > 300 && plain[1] == 0,
            "{plain:?} well-formed answers"
        );
    });
}

#[test]
fn noise_fails_at_once() {
    on_one_thread(async {
        let us = plain();
        for seed in 0..ROUNDS / 4 {
            let mut random = StdRng::seed_from_u64(seed);
            let mut bytes = answer(seed).bytes;
            for _ in 0..random.random_range(1..4) {
                if bytes.is_empty() {
                    break;
                }
                let at = random.random_range(0..bytes.len());
                match random.random_range(0..3) {
                    0 => bytes[at] = random.random(),
                    1 => bytes.truncate(at),
                    _ => bytes.insert(at, [b'\r', b'\n', b':', b'0', 0][random.random_range(0..5)]),
                }
            }
            let url = format!("http://{}/", serve_bytes_once(bytes).await);
            ours(&us, Method::GET, &url).await;
        }
    });
}
