//! The encoded forms of a secret to search for.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

use super::SHORTEST_SECRET;

/// An encoded form of a secret.
pub struct Needle {
    pub bytes: Vec<u8>,
    /// Whether it is the middle of base64 text, whose ends contain bits of it too.
    pub in_base64: bool,
}

/// All forms of a secret except those that a view decodes (`%41`, `\n`).
pub fn forms(secret: &str) -> Vec<Needle> {
    let mut needles: Vec<Needle> = pieces(secret).flat_map(of_piece).collect();
    needles.sort_by(|one, other| one.bytes.cmp(&other.bytes));
    needles.dedup_by(|one, other| one.bytes == other.bytes);
    needles
}

/// The whole, and each of its lines: a multi-line key may be shown line by line.
fn pieces(secret: &str) -> impl Iterator<Item = &str> {
    let whole = secret.trim_end_matches(['\r', '\n']);
    // `-----BEGIN PRIVATE KEY-----` is not secret.
    let lines = secret
        .lines()
        .map(str::trim)
        .filter(|line| !line.starts_with("-----"));
    std::iter::once(whole)
        .chain(lines)
        .filter(|piece| piece.len() >= SHORTEST_SECRET)
}

fn of_piece(piece: &str) -> Vec<Needle> {
    let bytes = piece.as_bytes();
    let plain = |bytes: Vec<u8>| Needle {
        bytes,
        in_base64: false,
    };
    let mut needles = vec![
        plain(bytes.to_vec()),
        // As the host of a URL.
        plain(bytes.to_ascii_lowercase()),
        plain(hex(bytes, b"0123456789abcdef")),
        plain(hex(bytes, b"0123456789ABCDEF")),
    ];
    for offset in 0..3 {
        for engine in [&STANDARD_NO_PAD, &URL_SAFE_NO_PAD] {
            needles.push(Needle {
                bytes: inside_base64(engine, bytes, offset),
                in_base64: true,
            });
        }
    }
    needles
}

fn hex(bytes: &[u8], digits: &[u8; 16]) -> Vec<u8> {
    bytes
        .iter()
        .flat_map(|byte| {
            [
                digits[usize::from(byte >> 4)],
                digits[usize::from(byte & 15)],
            ]
        })
        .collect()
}

/// The characters of base64 that do not depend on the text around the secret, which begins at `offset` of a group of three bytes
/// (`user:SECRET` of Basic).
fn inside_base64(engine: &base64::engine::GeneralPurpose, bytes: &[u8], offset: usize) -> Vec<u8> {
    let mut padded = vec![0; offset];
    padded.extend_from_slice(bytes);
    let end = padded.len() * 8 / 6;
    let text = engine.encode(&padded);
    text.as_bytes()[(offset * 8).div_ceil(6)..end].to_vec()
}
