//! Bytes that scripts give, and texts for bytes.

use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use mlua::{Error, LuaString, Result, Value};

use crate::script::api::argument;

/// Bytes that one call takes: it runs outside the instruction hook, at some hundred megabytes a second.
pub const MAX_BYTES: usize = 16 << 20;

const EITHER: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
/// With padding.
pub(super) const BASE64: GeneralPurpose = GeneralPurpose::new(&STANDARD, EITHER);
/// For URLs, without padding.
pub(super) const BASE64URL: GeneralPurpose =
    GeneralPurpose::new(&URL_SAFE, EITHER.with_encode_padding(false));

/// A string of at most [`MAX_BYTES`].
///
/// # Errors
/// For any other value, and a longer one.
pub(super) fn bytes(function: &str, name: &str, value: &Value) -> Result<LuaString> {
    let string = argument::string(function, name, value)?;
    let length = string.as_bytes().len();
    if length > MAX_BYTES {
        return Err(Error::runtime(format!(
            "{function}: {name} has {length} bytes, at most {MAX_BYTES} was expected"
        )));
    }
    Ok(string)
}

/// Two digits a byte.
pub(super) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |four: u8| char::from(DIGITS[usize::from(four)]);
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .collect()
}
