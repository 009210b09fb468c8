//! Targets that do not answer, not at once, or not to the end.

use std::future::pending;

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::targets;
use super::wild::{End, Wild, drips, says, says_and};
use crate::support::read_request;

targets! {
    accepts_and_never_answers: Get, "accepts, reads the request and never responds" =>
        "timeout: no response within 400ms: waiting for the first byte", says("");
    accepts_and_never_reads: Post, "accepts and never reads a request of 8 MB" =>
        "timeout: no response within 400ms: sending the request", Wild::serve(|stream| async move { let _held = stream; pending::<()>().await });
    closes_after_accept: Get, "closes at once" =>
        "reset: the connection was closed before a response", Wild::serve(|stream| End::Close.end(stream));
    resets_after_accept: Get, "resets at once" =>
        "reset: connection lost: Connection reset by peer (os error 104)", Wild::serve(|stream| End::Reset.end(stream));
    closes_after_the_request: Get, "closes after the request" =>
        "reset: the connection was closed before a response", says_and("", End::Close);
    resets_after_the_request: Get, "resets after the request" =>
        "reset: connection lost: Connection reset by peer (os error 104)", says_and("", End::Reset);
    resets_in_the_request: Post, "resets in the middle of a request of 8 MB" =>
        "reset: connection lost: Connection reset by peer (os error 104)", Wild::serve(|mut stream| async move {
            let _ = stream.read_exact(&mut [0; 1000]).await;
            End::Reset.end(stream).await;
        });
    answers_before_the_end: Post, "responds before the request of 8 MB is complete, then reads the rest" =>
        "status 413", Wild::serve(|mut stream| async move {
            let _ = stream.read_exact(&mut [0; 1000]).await;
            let _ = stream.write_all(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n").await;
            let _ = stream.read_to_end(&mut Vec::new()).await;
        });
    answers_before_the_end_and_resets: Post, "rejects a request of 8 MB before its end, and resets" =>
        "status 413", Wild::serve(|mut stream| async move {
            let _ = stream.read_exact(&mut [0; 1000]).await;
            let _ = stream.write_all(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n").await;
            End::Reset.end(stream).await;
        });
    resets_in_the_head: Get, "resets in the middle of the head" =>
        "reset: connection lost: Connection reset by peer (os error 104)", says_and("HTTP/1.1 200 OK\r\nContent-Le", End::Reset);
    closes_in_the_head: Get, "closes in the middle of the head" =>
        "truncated: the connection was closed within the response head", says_and("HTTP/1.1 200 OK\r\nContent-Le", End::Close);
    resets_in_the_body: Get, "resets in the middle of the body" =>
        "reset: connection lost: Connection reset by peer (os error 104)", says_and("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", End::Reset);
    closes_in_the_body: Get, "closes in the middle of the body" =>
        "truncated: the connection was closed 6 bytes before the end of the body, after 4", says_and("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", End::Close);
    resets_in_a_chunk: Get, "resets in the middle of a chunk" =>
        "reset: connection lost: Connection reset by peer (os error 104)", says_and("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nhalf", End::Reset);
    closes_in_a_chunk: Get, "closes in the middle of a chunk" =>
        "truncated: the connection was closed within a chunked body, after 4 bytes", says_and("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nhalf", End::Close);
    answers_once_and_resets: Get, "responds correctly, and resets the idle connection" =>
        "status 200", says_and("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", End::Reset);
    a_byte_at_a_time_of_the_head: Get, "sends an endless head, one byte at a time" =>
        "timeout: no response within 400ms: receiving the response", drips("HTTP/1.1 200 OK\r\nX: y\r\nX: ".to_owned() + &"z".repeat(10_000));
    a_byte_at_a_time_of_the_body: Get, "sends a long body a byte at a time" =>
        "timeout: no response within 400ms: receiving the response", Wild::serve(|mut stream| async move {
            read_request(&mut stream).await;
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n").await;
            while stream.write_all(b"x").await.is_ok() {
                tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            }
        });
    half_a_head_and_silence: Get, "sends the beginning of the head and stops" =>
        "timeout: no response within 400ms: receiving the response", says("HTTP/1.1 200 OK\r\nX: ");
    half_a_body_and_silence: Get, "sends the beginning of the body and stops" =>
        "timeout: no response within 400ms: receiving the response", says("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
}
