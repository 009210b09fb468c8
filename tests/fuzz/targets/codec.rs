//! Answers of HTTP/1.1 from any bytes: the same answer in whatever pieces they come, and no more than its head says.

use throng::http::ErrorKind;
use throng::http::fuzz_api::{Read, answer};

use super::pieces::{Input, split};

type Outcome = Result<Option<Read>, ErrorKind>;

/// Whether it closes, a HEAD, the limit, the pieces; then the bytes of a server.
pub fn check(input: &[u8]) {
    let mut input = Input(input);
    let flags = input.byte();
    let (closes, bodiless) = (flags & 1 != 0, flags & 2 != 0);
    let limit = input.one_of(&[1_000_000, 1_000_000, 64, 5, 0]);
    let seed = input.byte();
    let bytes = input.0;
    let read = |pieces: Vec<&[u8]>, closes| -> Outcome {
        answer(pieces, closes, limit, bodiless).map_err(|(kind, words)| {
            assert!(!words.is_empty());
            kind
        })
    };
    let whole = read(vec![bytes], closes);
    let by_one = read(split(bytes, 0), closes);
    same(&whole, &by_one, bytes, closes);
    same(&whole, &read(split(bytes, seed), closes), bytes, closes);
    if let Ok(Some(read)) = &whole {
        is_sound(read, limit, bodiless);
    }
    let Ok(Some(shortest)) = by_one else { return };
    if closes && shortest.given == bytes.len() {
        return;
    }
    // What came behind the answer is no part of it, and without its last byte it is none.
    let exact = read(vec![&bytes[..shortest.given]], false);
    assert_eq!(exact, Ok(Some(shortest.clone())));
    let cut = read(vec![&bytes[..shortest.given - 1]], false);
    assert_eq!(cut, Ok(None), "complete before its last byte");
}

fn is_sound(read: &Read, limit: usize, bodiless: bool) {
    assert!((200..=999).contains(&read.status), "{}", read.status);
    assert!(read.body.len() <= limit);
    if let Some(length) = read.length {
        assert_eq!(read.body.len() as u64, length);
    }
    if bodiless || matches!(read.status, 204 | 304) {
        assert!(read.body.is_empty());
    }
    for (name, value) in &read.headers {
        assert!(!name.is_empty());
        assert!(!value.iter().any(|byte| matches!(byte, b'\r' | b'\n' | 0)));
    }
}

/// Pieces end where the answer does or later, so that what lies behind it is not always given in.
fn same(whole: &Outcome, pieces: &Outcome, bytes: &[u8], closes: bool) {
    match (whole, pieces) {
        (Ok(Some(whole)), Ok(Some(pieces))) => {
            assert_eq!(whole.status, pieces.status);
            assert_eq!(whole.headers, pieces.headers);
            assert_eq!(whole.body, pieces.body);
            let behind = pieces.given < bytes.len();
            assert_eq!(whole.reusable, pieces.reusable && !behind);
        }
        // A head is looked at when a line ends in it, or at the close.
        (Err(ErrorKind::Protocol), Ok(None)) => assert!(!closes),
        _ => assert_eq!(whole, pieces),
    }
}
