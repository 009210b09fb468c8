//! HTTP/2 connections that flood, stall or break off; written frame by frame (RFC 9113, 4.1).

use std::future::Future;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::targets;
use super::wild::{End, Wild, says_and};

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PUSH_PROMISE: u8 = 5;
const PING: u8 = 6;
const GOAWAY: u8 = 7;
const WINDOW_UPDATE: u8 = 8;
const CONTINUATION: u8 = 9;
const END_HEADERS: u8 = 4;
/// `:status: 200`, by the static table (RFC 7541, A).
const OK: u8 = 0x88;

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let mut frame = length[1..].to_vec();
    frame.extend([kind, flags]);
    frame.extend(stream.to_be_bytes());
    frame.extend(payload);
    frame
}

/// Begins HTTP/2, reads until the first request is there and gives the connection, whose input is read and dropped.
async fn begin<F, W>(settings: &'static [u8], then: F) -> Wild
where
    F: Fn(tokio::net::tcp::OwnedWriteHalf) -> W + Clone + 'static,
    W: Future<Output = ()> + 'static,
{
    Wild::serve(move |mut stream: TcpStream| {
        let then = then.clone();
        async move {
            let _ = stream.write_all(&frame(SETTINGS, 0, 0, settings)).await;
            let mut came = Vec::new();
            // The preface, and a frame of headers of stream 1 somewhere behind it.
            while !came
                .windows(6)
                .any(|w| w[0] == HEADERS && w[2..] == [0, 0, 0, 1])
            {
                if stream.read_buf(&mut came).await.unwrap_or(0) == 0 {
                    return;
                }
            }
            let (mut reader, writer) = stream.into_split();
            tokio::task::spawn_local(async move {
                let mut sink = vec![0; 1 << 16];
                while reader.read(&mut sink).await.unwrap_or(0) > 0 {}
            });
            then(writer).await;
        }
    })
    .await
}

/// After the request: these frames once, then others for ever.
async fn floods(first: Vec<u8>, again: Vec<u8>) -> Wild {
    begin(&[], move |mut writer| {
        let (first, again) = (first.clone(), again.clone());
        async move {
            let _ = writer.write_all(&first).await;
            while !again.is_empty() && writer.write_all(&again).await.is_ok() {}
            std::future::pending::<()>().await;
        }
    })
    .await
}

fn head(flags: u8) -> Vec<u8> {
    frame(HEADERS, END_HEADERS | flags, 1, &[OK])
}

/// A head that says little and means much: one large field in the table, named again and again.
fn packed_bomb() -> Vec<u8> {
    let mut block = vec![OK, 0x40, 1, b'x', 0x7f, 0x81, 0x1e];
    block.extend(vec![b'y'; 4_000]);
    block.extend(vec![0xbe; 10_000]);
    frame(HEADERS, END_HEADERS | 1, 1, &block)
}

targets! {
    no_http2: Multiplexed, "speaks HTTP/1.1 where HTTP/2 is expected" =>
        "protocol: HTTP/2: connection error detected: frame with invalid size", says_and("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", End::Close);
    a_reset_stream: Multiplexed, "resets the stream" =>
        "reset: HTTP/2: stream error received: stream no longer needed", floods(frame(RST_STREAM, 0, 1, &[0, 0, 0, 8]), Vec::new());
    a_storm_of_resets: Multiplexed, "resets the stream forever" =>
        "reset: HTTP/2: stream error received: unexpected internal error encountered", floods(head(0), frame(RST_STREAM, 0, 1, &[0, 0, 0, 2]).repeat(100));
    resets_of_nothing: Multiplexed, "resets streams that do not exist" =>
        "protocol: HTTP/2: connection error detected: unspecific protocol error detected", floods(Vec::new(), frame(RST_STREAM, 0, 101, &[0, 0, 0, 2]));
    a_storm_of_goaways: Multiplexed, "sends GOAWAY forever" =>
        "timeout: no response within 400ms: waiting for the first byte", floods(Vec::new(), frame(GOAWAY, 0, 0, &[0, 0, 0, 1, 0, 0, 0, 0]).repeat(100));
    goaway_with_an_error: Multiplexed, "sends GOAWAY with ENHANCE_YOUR_CALM" =>
        "timeout: no response within 400ms: waiting for the first byte", floods(frame(GOAWAY, 0, 0, &[0, 0, 0, 1, 0, 0, 0, 11]), Vec::new());
    a_flood_of_settings: Multiplexed, "sends SETTINGS forever" =>
        "timeout: no response within 400ms: waiting for the first byte", floods(Vec::new(), frame(SETTINGS, 0, 0, &[0, 3, 0, 0, 0, 100]).repeat(100));
    a_flood_of_pings: Multiplexed, "sends PING forever" =>
        "timeout: no response within 400ms: waiting for the first byte", floods(Vec::new(), frame(PING, 0, 0, &[0; 8]).repeat(100));
    a_flood_of_window_updates: Multiplexed, "sends WINDOW_UPDATE until the window exceeds its limit" =>
        "protocol: HTTP/2: connection error detected: flow-control protocol violated", floods(Vec::new(), frame(WINDOW_UPDATE, 0, 0, &[0x7f, 0xff, 0xff, 0xff]).repeat(10));
    a_flood_of_continuations: Multiplexed, "sends CONTINUATION forever" =>
        "protocol: HTTP/2: connection error detected: detected excessive load generating behavior (b\"too_many_continuations\")", floods(frame(HEADERS, 0, 1, &[OK]), frame(CONTINUATION, 0, 1, &[0, 1, b'x', 1, b'y'].repeat(1000)));
    empty_continuations: Multiplexed, "sends empty CONTINUATION forever" =>
        "protocol: HTTP/2: connection error detected: detected excessive load generating behavior (b\"too_many_continuations\")", floods(frame(HEADERS, 0, 1, &[OK]), frame(CONTINUATION, 0, 1, &[]).repeat(100));
    a_bomb_of_headers: Multiplexed, "sends a head of 14 kB that decompresses to 40 MB" =>
        "protocol: HTTP/2: stream error detected: unspecific protocol error detected", floods(packed_bomb(), Vec::new());
    a_flood_of_1xx: Multiplexed, "sends 103 forever" =>
        "timeout: no response within 400ms: waiting for the first byte", floods(Vec::new(), frame(HEADERS, END_HEADERS, 1, &[0x08, 3, b'1', b'0', b'3']).repeat(100));
    empty_data: Multiplexed, "sends empty DATA forever" =>
        "protocol: HTTP/2: connection error detected: detected excessive load generating behavior (b\"too_many_data_frames\")", floods(head(0), frame(DATA, 0, 1, &[]).repeat(100));
    a_push: Multiplexed, "pushes an unsolicited response" =>
        "protocol: HTTP/2: connection error detected: unspecific protocol error detected", floods(frame(PUSH_PROMISE, END_HEADERS, 1, &[0, 0, 0, 2, 0x82, 0x84, 0x86]), Vec::new());
    a_window_that_stays_shut: MultiplexedPost, "opens no window for a body of 1 MB" =>
        "timeout: no response within 400ms: sending the request", begin(&[0, 4, 0, 0, 0, 0], |writer| async move { let _held = writer; std::future::pending::<()>().await });
    a_frame_beyond_its_limit: Multiplexed, "sends a frame of 16 MB" =>
        "protocol: HTTP/2: connection error detected: frame with invalid size", floods(vec![0xff, 0xff, 0xff, DATA, 0, 0, 0, 0, 1], vec![b'x'; 1 << 16]);
    frames_without_sense: Multiplexed, "sends frames of unknown kinds forever" =>
        "timeout: no response within 400ms: waiting for the first byte", floods(Vec::new(), frame(0xee, 0, 0, b"what").repeat(100));
    a_head_in_capitals: Multiplexed, "sends a field name in upper case" =>
        "protocol: HTTP/2: connection error detected: unspecific protocol error detected", floods(frame(HEADERS, END_HEADERS | 1, 1, &[OK, 0, 1, b'X', 1, b'y']), Vec::new());
    an_end_without_an_end: Multiplexed, "ends the stream within the body, without an error" =>
        "truncated: the HTTP/2 stream was reset within the body, after 4 bytes", floods([head(0), frame(DATA, 0, 1, b"half"), frame(RST_STREAM, 0, 1, &[0; 4])].concat(), Vec::new());
    a_body_short_of_its_length: Multiplexed, "sends less than its content-length" =>
        "truncated: the HTTP/2 body does not have the 9 bytes of its content-length", floods([frame(HEADERS, END_HEADERS, 1, &[OK, 0x0f, 13, 1, b'9']), frame(DATA, 1, 1, b"half")].concat(), Vec::new());
    a_close_in_the_body: Multiplexed, "closes in the middle of the body" =>
        "truncated: the HTTP/2 connection was lost: stream closed because of a broken pipe", begin(&[], |mut writer| async move {
            let _ = writer.write_all(&head(0)).await;
            let _ = writer.write_all(&frame(DATA, 0, 1, b"half")).await;
        });
}
