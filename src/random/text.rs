//! Texts: identifiers, strings, sentences.

use super::Stream;
use super::words::WORDS;

/// Default alphabet of [`string`].
pub const ALPHANUMERIC: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/// A random UUID (RFC 9562, version 4) in its usual form of 36 characters.
pub fn uuid(stream: &mut Stream) -> String {
    let bits = u128::from(stream.word()) << 64 | u128::from(stream.word());
    uuid::Builder::from_random_bytes(bits.to_be_bytes())
        .into_uuid()
        .to_string()
}

/// `length` characters of an alphabet; empty when the alphabet is.
pub fn string(stream: &mut Stream, length: usize, alphabet: &str) -> String {
    if alphabet.is_ascii() {
        let letters = alphabet.as_bytes();
        return (0..length)
            .filter_map(|_| {
                stream
                    .index(letters.len())
                    .map(|at| char::from(letters[at]))
            })
            .collect();
    }
    let letters: Vec<char> = alphabet.chars().collect();
    (0..length)
        .filter_map(|_| stream.index(letters.len()).map(|at| letters[at]))
        .collect()
}

/// A sentence of English words, with a capital first and a full stop at the end.
pub fn sentence(stream: &mut Stream, words: usize) -> String {
    let mut text = String::with_capacity(8 * words);
    for place in 0..words {
        let word = WORDS[stream.below(WORDS.len() as u64) as usize];
        if place == 0 {
            text.push_str(&word[..1].to_ascii_uppercase());
            text.push_str(&word[1..]);
        } else {
            text.push(' ');
            text.push_str(word);
        }
    }
    text.push('.');
    text
}
