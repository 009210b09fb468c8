//! Records as bytes: JSON, compressed.

use std::io::Read as _;

use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};

/// zstd's fastest level but for negative ones: what is sent is small.
const LEVEL: i32 = 1;

/// Larger records go through the object store: a message of NATS has at most 1 MiB.
pub const LARGEST_MESSAGE: usize = 512 << 10;

/// The most that a record becomes when it is unpacked: a few bytes can become any number.
const LARGEST_RECORD: u64 = 64 << 20;

/// A record as bytes.
///
/// # Errors
/// When it holds what JSON has not.
pub fn encode<T: Serialize>(record: &T) -> Result<Vec<u8>, String> {
    let json = serde_json::to_vec(record).map_err(|why| why.to_string())?;
    zstd::encode_all(json.as_slice(), LEVEL).map_err(|why| why.to_string())
}

/// Reads a record back.
///
/// # Errors
/// When the bytes are not those of such a record, or unpacked more than 64 MiB.
pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, String> {
    let packed = zstd::Decoder::new(bytes).map_err(|why| why.to_string())?;
    let mut json = Vec::new();
    let read = packed.take(LARGEST_RECORD + 1).read_to_end(&mut json);
    if read.map_err(|why| why.to_string())? as u64 > LARGEST_RECORD {
        return Err("it has more than 64 MiB when it is unpacked".to_owned());
    }
    serde_json::from_slice(&json).map_err(|why| why.to_string())
}

/// The SHA-256 of bytes, in hexadecimal digits.
pub fn digest(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_read_back_and_other_bytes_are_refused() {
        let record = vec![("a".to_owned(), 0.1 + 0.2), ("b".to_owned(), f64::MIN)];
        let bytes = encode(&record).expect("it is plain");
        assert_eq!(decode::<Vec<(String, f64)>>(&bytes), Ok(record));
        assert!(decode::<Vec<u8>>(&bytes).is_err());
        assert!(decode::<Vec<u8>>(b"[1]").is_err());
    }

    #[test]
    fn what_unpacks_to_more_than_a_record_has_is_refused() {
        let zeros = std::io::repeat(b' ').take(LARGEST_RECORD + 1);
        let packed = zstd::encode_all(zeros, LEVEL).expect("memory is there");
        assert!(packed.len() < LARGEST_MESSAGE);
        let why = decode::<u8>(&packed).unwrap_err();
        assert!(why.contains("64 MiB"), "{why}");
    }

    #[test]
    fn a_digest_is_that_of_sha256sum() {
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(digest(b""), empty);
    }
}
