//! Bodies without an end, larger than they look, or other than they say.

use async_compression::tokio::write::{BrotliEncoder, GzipEncoder, ZstdEncoder};
use tokio::io::{AsyncWrite, AsyncWriteExt};

use super::targets;
use super::wild::{End, Wild, says, says_and, streams};

const CHUNKED: &str = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

/// Four times the limit in zeros, packed.
async fn bomb(coding: &str) -> Wild {
    async fn pack<W: AsyncWrite + Unpin>(mut encoder: W) -> W {
        let zeros = vec![0; 1 << 20];
        for _ in 0..4 {
            encoder.write_all(&zeros).await.unwrap();
        }
        encoder.shutdown().await.unwrap();
        encoder
    }
    let packed = match coding {
        "gzip" => pack(GzipEncoder::new(Vec::new())).await.into_inner(),
        "br" => {
            let fast = async_compression::Level::Fastest;
            let encoder = BrotliEncoder::with_quality(Vec::new(), fast);
            pack(encoder).await.into_inner()
        }
        _ => pack(ZstdEncoder::new(Vec::new())).await.into_inner(),
    };
    let mut answer = format!(
        "HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\nContent-Length: {}\r\n\r\n",
        packed.len()
    )
    .into_bytes();
    answer.extend_from_slice(&packed);
    says(answer).await
}

targets! {
    a_length_of_a_gigabyte: Get, "announces a body of 1 GB and sends it" =>
        "too_large: the body is over the limit of 1048576 bytes", streams("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n", vec![b'x'; 1 << 16]);
    a_body_until_the_close: Get, "sends an endless body without a length" =>
        "too_large: the body is over the limit of 1048576 bytes", streams("HTTP/1.1 200 OK\r\n\r\n", vec![b'x'; 1 << 16]);
    endless_chunks: Get, "sends endless chunks" =>
        "too_large: the body is over the limit of 1048576 bytes", streams(CHUNKED, "400\r\n".to_owned() + &"x".repeat(1024) + "\r\n");
    a_chunk_of_16_exabytes: Get, "sends a chunk of 2^64 - 1 bytes" =>
        "too_large: the body is over the limit of 1048576 bytes", streams(CHUNKED.to_owned() + "ffffffffffffffff\r\n", vec![b'x'; 1 << 16]);
    a_chunk_beyond_64_bits: Get, "sends a chunk of 2^68 bytes" =>
        "protocol: invalid chunked body: a chunk size over 64 bits", says(CHUNKED.to_owned() + "100000000000000000\r\n");
    a_chunk_of_no_size: Get, "sends a chunk whose size is not a number" =>
        "protocol: invalid chunked body: byte 0x69 in a chunk size", says(CHUNKED.to_owned() + "five\r\nhello\r\n0\r\n\r\n");
    a_chunk_of_negative_size: Get, "sends a chunk of -1 bytes" =>
        "protocol: invalid chunked body: byte 0x2d in a chunk size", says(CHUNKED.to_owned() + "-1\r\nhello\r\n0\r\n\r\n");
    a_chunk_longer_than_it_says: Get, "sends a chunk that is longer than its size" =>
        "protocol: invalid chunked body: byte 0x6c after a chunk", says(CHUNKED.to_owned() + "3\r\nhello\r\n0\r\n\r\n");
    endless_chunk_extensions: Get, "sends an endless chunk extension" =>
        "protocol: invalid chunked body: a size line or trailers over 8192 bytes", streams(CHUNKED.to_owned() + "5;", "x".repeat(1000));
    endless_trailers: Get, "sends endless trailers" =>
        "protocol: invalid chunked body: a size line or trailers over 8192 bytes", streams(CHUNKED.to_owned() + "0\r\n", "X-Field: y\r\n".repeat(100));
    trailers: Get, "sends trailers, which are read and discarded" =>
        "status 200", says(CHUNKED.to_owned() + "2\r\nok\r\n0\r\nX-Sum: 1\r\nContent-Length: 9\r\n\r\n");
    gzip_bomb: Get, "sends 4 MB of zeros as gzip, with a limit of 1 MiB" => "too_large: the gzip body is over the limit of 1048576 bytes when decoded", bomb("gzip");
    brotli_bomb: Get, "the same as br" => "too_large: the br body is over the limit of 1048576 bytes when decoded", bomb("br");
    zstd_bomb: Get, "the same as zstd" => "too_large: the zstd body is over the limit of 1048576 bytes when decoded", bomb("zstd");
    gzip_that_is_none: Get, "declares gzip for a body that is not" =>
        "decode: the gzip body is corrupt: Invalid gzip header", says("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello");
    a_coding_that_nobody_asked_for: Get, "has an unsupported content coding" =>
        "decode: the content coding \"compress\" is not one of gzip, deflate, br and zstd", says("HTTP/1.1 200 OK\r\nContent-Encoding: compress\r\nContent-Length: 5\r\n\r\nhello");
    words_behind_a_chunk_size: Get, "has a chunk size followed by text" =>
        "protocol: invalid chunked body: byte 0x68 at the end of a chunk size", says("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5 hello\r\nhello\r\n0\r\n\r\n");
    gzip_cut_short: Get, "closes in the middle of gzip" =>
        "decode: the gzip body is corrupt: unexpected end of file", says_and(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n\x1f\x8b\x08\0\0\0\0\0\0\x03\x4b".to_vec(), End::Close);
    gzip_many_times: Get, "declares gzip a thousand times" =>
        "decode: the gzip body is corrupt: Invalid gzip header", says(format!("HTTP/1.1 200 OK\r\nContent-Encoding: {}\r\nContent-Length: 5\r\n\r\nhello", ["gzip"; 1000].join(", ")));
}
