//! `crypto`: digests, tokens, and texts for bytes.
//!
//! In: strings (bytes). Out: strings. It never knows a user or a secret of the host.
//!
//! What a script sees: `sha256(s)`, `hmac_sha256(key, s)` and so on (hexadecimal; with `_raw` the bytes), `jwt`, and
//! `base64`, `base64url`, `hex`, each with `encode(s)` and `decode(text)`. A text that cannot be decoded gives `nil, message`.
//!
//! Sources: RFC 1321, FIPS 180-4, RFC 2104, RFC 4648, RFC 7515. `base64` writes padding, `base64url` does not (as JWTs
//! have it); both read either.

mod bytes;
mod digests;
mod jwt;

pub use bytes::MAX_BYTES;
pub use jwt::{OPTIONS as JWT_OPTIONS, TABLE as JWT_TABLE};

use base64::Engine as _;
use bytes::{BASE64, BASE64URL, bytes, hex};
use mlua::{Lua, Result, Table, Value};

use super::signature::{Field, Function, Namespace, Registration, Returned, required, returned};

/// `crypto` itself; the codings are tables in it.
pub const TABLE: Namespace = Namespace {
    name: "crypto",
    doc: "Digests, tokens and encodings.",
    functions: digests::FUNCTIONS,
    values: &[],
};

const BYTES: &[Field] = &[required("s", "string").doc("Any bytes, at most 16 MiB.")];
const TEXT: &[Field] = &[required("text", "string").doc("What was encoded, at most 16 MiB.")];
const ENCODED: &[Returned] = &[returned("string", "The text, of ASCII characters.")];
const DECODED: &[Returned] = &[
    returned("string?", "The bytes."),
    returned("string?", "Why there are none."),
];

const fn encode(table: &'static str, example: &'static str) -> Function {
    Function::new(table, "encode", "Bytes as text.")
        .takes(BYTES)
        .returns(ENCODED)
        .fails("An error for more than 16 MiB.")
        .example(example)
}

const fn decode(table: &'static str, example: &'static str) -> Function {
    Function::new(table, "decode", "The bytes that a text encodes.")
        .takes(TEXT)
        .returns(DECODED)
        .fails("nil and a message for invalid text.")
        .example(example)
}

const BASE64_ENCODE: Function = encode(
    "crypto.base64",
    include_str!("examples/crypto.base64.encode.lua"),
);
const BASE64_DECODE: Function = decode(
    "crypto.base64",
    include_str!("examples/crypto.base64.decode.lua"),
);
const BASE64URL_ENCODE: Function = encode(
    "crypto.base64url",
    include_str!("examples/crypto.base64url.encode.lua"),
);
const BASE64URL_DECODE: Function = decode(
    "crypto.base64url",
    include_str!("examples/crypto.base64url.decode.lua"),
);
const HEX_ENCODE: Function = encode("crypto.hex", include_str!("examples/crypto.hex.encode.lua"));
const HEX_DECODE: Function = decode("crypto.hex", include_str!("examples/crypto.hex.decode.lua"));

/// Base64 with padding (RFC 4648, 4).
pub const BASE64_TABLE: Namespace = Namespace {
    name: "crypto.base64",
    doc: "Base64 with padding; `decode` reads it without, too.",
    functions: &[&BASE64_ENCODE, &BASE64_DECODE],
    values: &[],
};
/// Base64 for URLs (RFC 4648, 5).
pub const BASE64URL_TABLE: Namespace = Namespace {
    name: "crypto.base64url",
    doc: "Base64 for URLs, without padding, as in JWTs.",
    functions: &[&BASE64URL_ENCODE, &BASE64URL_DECODE],
    values: &[],
};
/// Two hexadecimal digits a byte.
pub const HEX_TABLE: Namespace = Namespace {
    name: "crypto.hex",
    doc: "Two hexadecimal digits per byte; `encode` writes lower case.",
    functions: &[&HEX_ENCODE, &HEX_DECODE],
    values: &[],
};

/// The table `crypto`.
///
/// # Errors
/// When the VM has no memory left.
pub fn table(lua: &Lua) -> Result<Table> {
    let crypto = Registration::new(lua, &TABLE)?;
    digests::add(&crypto)?;
    let base64 = Coding {
        table: &BASE64_TABLE,
        functions: (&BASE64_ENCODE, &BASE64_DECODE),
        encode: |b| BASE64.encode(b),
        decode: |t| BASE64.decode(t).map_err(words),
    };
    let base64url = Coding {
        table: &BASE64URL_TABLE,
        functions: (&BASE64URL_ENCODE, &BASE64URL_DECODE),
        encode: |b| BASE64URL.encode(b),
        decode: |t| BASE64URL.decode(t).map_err(words),
    };
    let hex = Coding {
        table: &HEX_TABLE,
        functions: (&HEX_ENCODE, &HEX_DECODE),
        encode: hex,
        decode: unhex,
    };
    for (name, coding) in [("base64", base64), ("base64url", base64url), ("hex", hex)] {
        crypto.value(name, coding.table(lua, name)?)?;
    }
    crypto.value("jwt", jwt::table(lua)?)?;
    crypto.finish()
}

/// A way to write bytes as text.
struct Coding {
    table: &'static Namespace,
    functions: (&'static Function, &'static Function),
    encode: fn(&[u8]) -> String,
    decode: fn(&[u8]) -> std::result::Result<Vec<u8>, String>,
}

impl Coding {
    fn table(self, lua: &Lua, name: &'static str) -> Result<Table> {
        let table = Registration::new(lua, self.table)?;
        let (encode, decode) = self.functions;
        let path = encode.path();
        table.function(encode, move |lua, text: Value| {
            let text = bytes(&path, "the text", &text)?;
            lua.create_string((self.encode)(&text.as_bytes()))
        })?;
        let path = decode.path();
        table.function(decode, move |lua, text: Value| {
            let text = bytes(&path, "the text", &text)?;
            match (self.decode)(&text.as_bytes()) {
                Ok(bytes) => Ok((Some(lua.create_string(bytes)?), None)),
                Err(words) => Ok((None, Some(format!("not {name}: {words}")))),
            }
        })?;
        table.finish()
    }
}

fn words(error: base64::DecodeError) -> String {
    error.to_string()
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
        four.ok_or_else(|| format!("byte {byte} at position {} is not a digit", place + 1))
    };
    (0..text.len())
        .step_by(2)
        .map(|at| Ok((digit(at)? << 4 | digit(at + 1)?) as u8))
        .collect()
}
