//! The chunked coding: any bytes in any pieces, and what was encoded comes back.

use throng::http::ErrorKind;
use throng::http::fuzz_api::chunked;

use super::pieces::{Input, split};

const LIMIT: usize = 1 << 16;

pub fn check(input: &[u8]) {
    let mut input = Input(input);
    let seed = input.byte();
    if seed & 1 == 0 {
        any_bytes(&mut input, seed);
    } else {
        there_and_back(&mut input, seed);
    }
}

fn any_bytes(input: &mut Input<'_>, seed: u8) {
    let limit = input.one_of(&[LIMIT, 20, 1, 0]);
    let bytes = input.0;
    let read = |pieces: Vec<&[u8]>| {
        chunked(pieces, limit).map_err(|(kind, _)| {
            assert!(matches!(kind, ErrorKind::Protocol | ErrorKind::TooLarge));
            kind
        })
    };
    let whole = read(vec![bytes]);
    assert_eq!(whole, read(split(bytes, 0)));
    assert_eq!(whole, read(split(bytes, seed)));
    let Ok((body, taken, done)) = whole else {
        return;
    };
    assert!(body.len() <= limit && body.len() <= taken && taken <= bytes.len());
    assert_eq!(taken < bytes.len(), done && taken < bytes.len());
    // Each byte that was taken was needed.
    if done {
        let cut = read(vec![&bytes[..taken - 1]]).unwrap();
        assert!(!cut.2 && cut.0 == body);
        assert!(bytes[..taken].ends_with(b"\r\n"));
    }
}

fn there_and_back(input: &mut Input<'_>, seed: u8) {
    let mut extension = input.word().to_vec();
    extension.retain(|byte| !matches!(byte, b'\r' | b'\n'));
    let mut trailer = input.word().to_vec();
    trailer.retain(|byte| !matches!(byte, b'\r' | b'\n'));
    let body = input.0;
    let mut wire = Vec::new();
    for (number, chunk) in split(body, seed).into_iter().enumerate() {
        let size = match number % 3 {
            0 => format!("{:x}", chunk.len()),
            1 => format!("{:X}", chunk.len()),
            _ => format!("{:04x}", chunk.len()),
        };
        wire.extend_from_slice(size.as_bytes());
        if !extension.is_empty() {
            wire.push(b';');
            wire.extend_from_slice(&extension);
        }
        wire.extend_from_slice(b"\r\n");
        wire.extend_from_slice(chunk);
        wire.extend_from_slice(b"\r\n");
    }
    wire.extend_from_slice(b"0\r\n");
    if !trailer.is_empty() {
        wire.extend_from_slice(&trailer);
        wire.extend_from_slice(b"\r\n");
    }
    wire.extend_from_slice(b"\r\n");
    let end = wire.len();
    wire.extend_from_slice(b"HTTP/1.1 200 OK\r\n");
    let (decoded, taken, done) = chunked([&wire[..]], LIMIT).unwrap();
    assert!(done && taken == end && decoded == body);
    let (decoded, taken, done) = chunked(split(&wire[..end], seed.rotate_left(3)), LIMIT).unwrap();
    assert!(done && taken == end && decoded == body);
    let (_, _, done) = chunked([&wire[..end - 1]], LIMIT).unwrap();
    assert!(!done);
}
