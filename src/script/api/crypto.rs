//! `crypto`: digests, and texts for bytes.
//!
//! In: strings (bytes). Out: strings. It never knows a user or a secret of the host.
//!
//! What a script sees: `sha256(s)`, `hmac_sha256(key, s)` (hexadecimal; with `_raw` the 32 bytes), and `base64`,
//! `base64url`, `hex`, each with `encode(s)` and `decode(text)`. A text that cannot be decoded gives `nil, message`.
//!
//! Sources: FIPS 180-4, RFC 2104, RFC 4648. `base64` writes padding, `base64url` does not (as JWTs have it); both read
//! either.

use base64::Engine as _;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use hmac::{Hmac, KeyInit as _, Mac as _};
use mlua::{Error, Lua, LuaString, Result, Table, Value};
use sha2::{Digest as _, Sha256};

use super::argument;
use crate::script::vm::cpu_budget;

/// Bytes that one call takes: it runs outside the instruction hook, at some hundred megabytes a second.
pub const MAX_BYTES: usize = 16 << 20;

const EITHER: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const BASE64: GeneralPurpose = GeneralPurpose::new(&STANDARD, EITHER);
const BASE64URL: GeneralPurpose = GeneralPurpose::new(&URL_SAFE, EITHER.with_encode_padding(false));

/// The table `crypto`.
///
/// # Errors
/// When the VM has no memory left.
pub fn table(lua: &Lua) -> Result<Table> {
    let crypto = lua.create_table_with_capacity(0, 7)?;
    for (name, raw) in [("sha256", false), ("sha256_raw", true)] {
        let function = lua.create_function(move |lua, text: Value| {
            cpu_budget::in_time(lua)?;
            let text = bytes(&format!("crypto.{name}"), "the text", &text)?;
            digest(lua, &Sha256::digest(&*text.as_bytes()), raw)
        })?;
        crypto.raw_set(name, function)?;
    }
    for (name, raw) in [("hmac_sha256", false), ("hmac_sha256_raw", true)] {
        let function = lua.create_function(move |lua, (key, text): (Value, Value)| {
            cpu_budget::in_time(lua)?;
            let name = format!("crypto.{name}");
            let key = bytes(&name, "the key", &key)?;
            let text = bytes(&name, "the text", &text)?;
            let mut mac =
                Hmac::<Sha256>::new_from_slice(&key.as_bytes()).map_err(Error::external)?;
            mac.update(&text.as_bytes());
            digest(lua, &mac.finalize().into_bytes(), raw)
        })?;
        crypto.raw_set(name, function)?;
    }
    let base64 = coding(
        lua,
        "base64",
        |b| BASE64.encode(b),
        |t| BASE64.decode(t).map_err(words),
    )?;
    crypto.raw_set("base64", base64)?;
    let url = coding(
        lua,
        "base64url",
        |b| BASE64URL.encode(b),
        |t| BASE64URL.decode(t).map_err(words),
    )?;
    crypto.raw_set("base64url", url)?;
    crypto.raw_set("hex", coding(lua, "hex", hex, unhex)?)?;
    Ok(crypto)
}

fn coding(
    lua: &Lua,
    name: &'static str,
    encode: fn(&[u8]) -> String,
    decode: fn(&[u8]) -> std::result::Result<Vec<u8>, String>,
) -> Result<Table> {
    let table = lua.create_table_with_capacity(0, 2)?;
    let encoder = lua.create_function(move |lua, text: Value| {
        let text = bytes(&format!("crypto.{name}.encode"), "the text", &text)?;
        lua.create_string(encode(&text.as_bytes()))
    })?;
    table.raw_set("encode", encoder)?;
    let decoder = lua.create_function(move |lua, text: Value| {
        let text = bytes(&format!("crypto.{name}.decode"), "the text", &text)?;
        match decode(&text.as_bytes()) {
            Ok(bytes) => Ok((Some(lua.create_string(bytes)?), None)),
            Err(words) => Ok((None, Some(format!("no {name}: {words}")))),
        }
    })?;
    table.raw_set("decode", decoder)?;
    Ok(table)
}

fn bytes(function: &str, name: &str, value: &Value) -> Result<LuaString> {
    let string = argument::string(function, name, value)?;
    let length = string.as_bytes().len();
    if length > MAX_BYTES {
        return Err(Error::runtime(format!(
            "{function}: {name} has {length} bytes, at most {MAX_BYTES} was expected"
        )));
    }
    Ok(string)
}

fn digest(lua: &Lua, digest: &[u8], raw: bool) -> Result<LuaString> {
    if raw {
        lua.create_string(digest)
    } else {
        lua.create_string(hex(digest))
    }
}

fn words(error: base64::DecodeError) -> String {
    error.to_string()
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |four: u8| char::from(DIGITS[usize::from(four)]);
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .collect()
}

fn unhex(text: &[u8]) -> std::result::Result<Vec<u8>, String> {
    if !text.len().is_multiple_of(2) {
        return Err(format!(
            "{} digits, an even number was expected",
            text.len()
        ));
    }
    let digit = |place: usize| {
        let byte = text[place];
        let four = char::from(byte).to_digit(16);
        four.ok_or_else(|| format!("byte {byte} at place {} is no digit", place + 1))
    };
    (0..text.len())
        .step_by(2)
        .map(|at| Ok((digit(at)? << 4 | digit(at + 1)?) as u8))
        .collect()
}
