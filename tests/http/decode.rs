//! Compressed bodies.

use async_compression::tokio::write::{
    BrotliEncoder, DeflateEncoder, GzipEncoder, ZlibEncoder, ZstdEncoder,
};
use throng::http::{ErrorKind, Failure, Response, Settings};
use tokio::io::{AsyncWrite, AsyncWriteExt};

use super::{client, get};
use crate::support::{on_one_thread, serve_bytes_once};

const CODINGS: [&str; 4] = ["gzip", "br", "zstd", "deflate"];

async fn pack(coding: &str, body: &[u8]) -> Vec<u8> {
    async fn through<W: AsyncWrite + Unpin>(mut encoder: W, body: &[u8]) -> W {
        encoder.write_all(body).await.unwrap();
        encoder.shutdown().await.unwrap();
        encoder
    }
    match coding {
        "gzip" => through(GzipEncoder::new(Vec::new()), body)
            .await
            .into_inner(),
        "br" => through(BrotliEncoder::new(Vec::new()), body)
            .await
            .into_inner(),
        "zstd" => through(ZstdEncoder::new(Vec::new()), body)
            .await
            .into_inner(),
        "deflate" => through(ZlibEncoder::new(Vec::new()), body)
            .await
            .into_inner(),
        "bare deflate" => through(DeflateEncoder::new(Vec::new()), body)
            .await
            .into_inner(),
        other => panic!("{other}"),
    }
}

async fn fetch(coding: &str, body: &[u8], settings: &Settings) -> Result<Response, Box<Failure>> {
    let mut answer = format!(
        "HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\nContent-Length: {}\r\n\r\n",
        body.len()
    )
    .into_bytes();
    answer.extend_from_slice(body);
    let address = serve_bytes_once(answer).await;
    client(settings).send(&get(address)).await
}

fn sample(length: usize) -> Vec<u8> {
    (0..length).map(|n| (n * n % 253) as u8).collect()
}

#[test]
fn bodies_are_decoded_and_counted_as_they_came() {
    on_one_thread(async {
        let settings = Settings::default();
        for length in [0, 1, 5_000, 32 * 1024, 300_000] {
            let body = sample(length);
            for coding in CODINGS {
                let packed = pack(coding, &body).await;
                let answer = fetch(coding, &packed, &settings).await.unwrap();
                assert!(answer.body == body, "{coding} {length}");
                assert!(answer.bytes_received > packed.len() as u64);
                assert!(answer.bytes_received < packed.len() as u64 + 100);
            }
        }
        let body = sample(5_000);
        let bare = pack("bare deflate", &body).await;
        assert!(fetch("deflate", &bare, &settings).await.unwrap().body == body);
        let twice = pack("br", &pack("gzip", &body).await).await;
        assert!(fetch("GZIP, br", &twice, &settings).await.unwrap().body == body);
        for coding in ["gzip", "zstd"] {
            let members = [pack(coding, &body).await, pack(coding, b"more").await].concat();
            let whole = [&body[..], b"more"].concat();
            assert!(
                fetch(coding, &members, &settings).await.unwrap().body == whole,
                "{coding}"
            );
        }
        assert!(fetch("identity", &body, &settings).await.unwrap().body == body);
        assert!(
            fetch("unheard-of", b"", &settings)
                .await
                .unwrap()
                .body
                .is_empty()
        );
        assert!(fetch("gzip", b"", &settings).await.unwrap().body.is_empty());
        let raw = Settings {
            decompress: false,
            ..Settings::default()
        };
        let packed = pack("gzip", &body).await;
        assert!(fetch("gzip", &packed, &raw).await.unwrap().body == packed);
    });
}

#[test]
fn codings_are_a_list() {
    on_one_thread(async {
        let settings = Settings::default();
        let body = sample(5_000);
        let packed = pack("gzip", &body).await;
        for list in [
            "gzip,",
            ", ,gzip",
            "identity, gzip",
            "gzip, Identity",
            "X-GZIP",
            "gzip\r\nContent-Encoding: identity",
            "\r\nContent-Encoding: gzip",
        ] {
            let answer = fetch(list, &packed, &settings).await.unwrap();
            assert!(answer.body == body, "{list}");
        }
        for list in ["", ",", "identity", "identity, ,identity"] {
            assert!(
                fetch(list, &body, &settings).await.unwrap().body == body,
                "{list}"
            );
        }
        for list in [
            "unheard-of",
            "gzip, unheard-of",
            "unheard-of, gzip",
            "compress",
            "gzip; q=1",
        ] {
            let failure = fetch(list, &packed, &settings).await.expect_err(list);
            assert_eq!(
                (failure.kind, failure.status),
                (ErrorKind::Decode, Some(200)),
                "{list}"
            );
        }
    });
}

#[test]
fn a_zstd_body_is_all_of_its_frames() {
    on_one_thread(async {
        let settings = Settings::default();
        let skippable = |number: u8, content: &[u8]| {
            let length = u32::try_from(content.len()).unwrap().to_le_bytes();
            [&[0x50 + number, 0x2a, 0x4d, 0x18], &length[..], content].concat()
        };
        let long = sample(100_000);
        let (one, other) = (pack("zstd", b"one").await, pack("zstd", &long).await);
        let whole = [&b"one"[..], &long].concat();
        for frames in [
            vec![one.clone(), other.clone()],
            vec![skippable(0, b"aside"), one.clone(), other.clone()],
            vec![one.clone(), skippable(15, &long), other.clone()],
            vec![
                one.clone(),
                skippable(7, b""),
                skippable(1, b"x"),
                other.clone(),
                skippable(2, b"y"),
            ],
            vec![
                one.clone(),
                pack("zstd", b"").await,
                other.clone(),
                b"no frame".to_vec(),
            ],
        ] {
            let answer = fetch("zstd", &frames.concat(), &settings).await.unwrap();
            assert!(answer.body == whole, "{} frames", frames.len());
        }
        for aside in [
            skippable(3, b""),
            skippable(3, b"aside"),
            skippable(3, &long),
        ] {
            let answer = fetch("zstd", &aside, &settings).await.unwrap();
            assert!(answer.body.is_empty());
        }
        let cut = |frame: Vec<u8>| frame[..frame.len() - 1].to_vec();
        for broken in [
            cut(skippable(0, b"aside")),
            cut(skippable(0, b"")),
            cut(one.clone()),
        ] {
            for before in [vec![], one.clone()] {
                let failure = fetch("zstd", &[before, broken.clone()].concat(), &settings).await;
                assert_eq!(failure.unwrap_err().kind, ErrorKind::Decode, "{broken:x?}");
            }
        }
    });
}

#[test]
fn broken_bodies_are_failures_to_decode() {
    on_one_thread(async {
        for coding in CODINGS {
            let packed = pack(coding, &sample(5_000)).await;
            for broken in [
                &packed[..packed.len() - 1],
                &packed[..packed.len() / 2],
                &packed[..1],
                &b"no such thing at all"[..],
            ] {
                let failure = fetch(coding, broken, &Settings::default())
                    .await
                    .expect_err(coding);
                assert_eq!(failure.kind, ErrorKind::Decode, "{coding}: {failure}");
                assert_eq!(failure.status, Some(200));
            }
        }
        let mut packed = pack("gzip", &sample(5_000)).await;
        let middle = packed.len() - 6;
        packed[middle] ^= 1;
        assert_eq!(
            fetch("gzip", &packed, &Settings::default())
                .await
                .unwrap_err()
                .kind,
            ErrorKind::Decode,
            "a wrong sum"
        );
    });
}

#[test]
fn a_bomb_is_too_large() {
    on_one_thread(async {
        let settings = Settings {
            body_limit: 100_000,
            ..Settings::default()
        };
        for coding in CODINGS {
            let fits = pack(coding, &vec![0; 100_000]).await;
            assert_eq!(
                fetch(coding, &fits, &settings).await.unwrap().body.len(),
                100_000
            );
            let bomb = pack(coding, &vec![0; 100_001]).await;
            assert_eq!(
                fetch(coding, &bomb, &settings).await.unwrap_err().kind,
                ErrorKind::TooLarge,
                "{coding}"
            );
            let bomb = pack(coding, &vec![0; 3_000_000]).await;
            if bomb.len() < 100_000 {
                assert_eq!(
                    fetch(coding, &bomb, &settings).await.unwrap_err().kind,
                    ErrorKind::TooLarge,
                    "{coding}"
                );
            }
        }
    });
}
