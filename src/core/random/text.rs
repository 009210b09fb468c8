//! Texts: identifiers, strings, sentences.

use super::Stream;
use super::words::WORDS;

/// Common English words, for [`sentence`].
pub const ENGLISH: &[&str] = &WORDS;

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

/// A sentence of words of a list, with a capital first and a full stop at the end; empty when the list is.
pub fn sentence(stream: &mut Stream, words: usize, list: &[&str]) -> String {
    let mut text = String::with_capacity(8 * words);
    for place in 0..words {
        let Some(index) = stream.index(list.len()) else {
            return text;
        };
        let word = list[index];
        if place == 0 {
            let mut letters = word.chars();
            text.extend(letters.next().into_iter().flat_map(char::to_uppercase));
            text.push_str(letters.as_str());
        } else {
            text.push(' ');
            text.push_str(word);
        }
    }
    text.push('.');
    text
}
