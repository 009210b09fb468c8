//! Digests: MD5, SHA-1, SHA-256 and SHA-512, with and without a key.

use hmac::{Hmac, KeyInit};
use md5::Md5;
use mlua::{Error, Lua, LuaString, Result, Value};
use sha1::Sha1;
use sha2::{Digest as _, Sha256, Sha512};

use super::bytes::{bytes, hex};
use crate::script::api::signature::{Field, Function, Registration, Returned, required, returned};
use crate::script::vm::cpu_budget;

const OF_TEXT: &[Field] = &[required("s", "string").doc("Any bytes, at most 16 MiB.")];
const OF_KEY: &[Field] = &[
    required("key", "string").doc("The secret, of any length."),
    required("s", "string").doc("Any bytes, at most 16 MiB."),
];
const FAILS: &str = "An error for more than 16 MiB.";
const HEX: &[Returned] = &[returned("string", "Hexadecimal digits, in lower case.")];
const RAW: &[Returned] = &[returned(
    "string",
    "The bytes themselves, for other encodings.",
)];

const fn digest(name: &'static str, doc: &'static str, example: &'static str) -> Function {
    Function::new("crypto", name, doc)
        .takes(OF_TEXT)
        .returns(HEX)
        .fails(FAILS)
        .example(example)
}

const fn hmac(name: &'static str, doc: &'static str, example: &'static str) -> Function {
    digest(name, doc, example).takes(OF_KEY)
}

const MD5: Function = digest(
    "md5",
    "The MD5 digest, 32 digits: for checksums, not for secrets.",
    include_str!("../examples/crypto.md5.lua"),
);
const MD5_RAW: Function = digest(
    "md5_raw",
    "The MD5 digest, 16 bytes.",
    include_str!("../examples/crypto.md5_raw.lua"),
)
.returns(RAW);
const SHA1: Function = digest(
    "sha1",
    "The SHA-1 digest, 40 digits: for old protocols, not for secrets.",
    include_str!("../examples/crypto.sha1.lua"),
);
const SHA1_RAW: Function = digest(
    "sha1_raw",
    "The SHA-1 digest, 20 bytes.",
    include_str!("../examples/crypto.sha1_raw.lua"),
)
.returns(RAW);
const SHA256: Function = digest(
    "sha256",
    "The SHA-256 digest, 64 digits.",
    include_str!("../examples/crypto.sha256.lua"),
);
const SHA256_RAW: Function = digest(
    "sha256_raw",
    "The SHA-256 digest, 32 bytes.",
    include_str!("../examples/crypto.sha256_raw.lua"),
)
.returns(RAW);
const SHA512: Function = digest(
    "sha512",
    "The SHA-512 digest, 128 digits.",
    include_str!("../examples/crypto.sha512.lua"),
);
const SHA512_RAW: Function = digest(
    "sha512_raw",
    "The SHA-512 digest, 64 bytes.",
    include_str!("../examples/crypto.sha512_raw.lua"),
)
.returns(RAW);
const HMAC_SHA1: Function = hmac(
    "hmac_sha1",
    "HMAC with SHA-1, 40 digits.",
    include_str!("../examples/crypto.hmac_sha1.lua"),
);
const HMAC_SHA1_RAW: Function = hmac(
    "hmac_sha1_raw",
    "HMAC with SHA-1, 20 bytes.",
    include_str!("../examples/crypto.hmac_sha1_raw.lua"),
)
.returns(RAW);
const HMAC_SHA256: Function = hmac(
    "hmac_sha256",
    "HMAC with SHA-256, 64 digits.",
    include_str!("../examples/crypto.hmac_sha256.lua"),
);
const HMAC_SHA256_RAW: Function = hmac(
    "hmac_sha256_raw",
    "HMAC with SHA-256, 32 bytes.",
    include_str!("../examples/crypto.hmac_sha256_raw.lua"),
)
.returns(RAW);
const HMAC_SHA512: Function = hmac(
    "hmac_sha512",
    "HMAC with SHA-512, 128 digits.",
    include_str!("../examples/crypto.hmac_sha512.lua"),
);
const HMAC_SHA512_RAW: Function = hmac(
    "hmac_sha512_raw",
    "HMAC with SHA-512, 64 bytes.",
    include_str!("../examples/crypto.hmac_sha512_raw.lua"),
)
.returns(RAW);

/// All of them.
pub(super) const FUNCTIONS: &[&Function] = &[
    &MD5,
    &MD5_RAW,
    &SHA1,
    &SHA1_RAW,
    &SHA256,
    &SHA256_RAW,
    &SHA512,
    &SHA512_RAW,
    &HMAC_SHA1,
    &HMAC_SHA1_RAW,
    &HMAC_SHA256,
    &HMAC_SHA256_RAW,
    &HMAC_SHA512,
    &HMAC_SHA512_RAW,
];

/// The digest of a text.
type OfText = fn(&[u8]) -> Vec<u8>;
/// The digest of a text with a key; none for a key that cannot be one.
type OfKey = fn(&[u8], &[u8]) -> Option<Vec<u8>>;

/// Adds them to the table.
///
/// # Errors
/// When the VM has no memory left.
pub(super) fn add(crypto: &Registration<'_>) -> Result<()> {
    let plain: [(&Function, &Function, OfText); 4] = [
        (&MD5, &MD5_RAW, |text| Md5::digest(text).to_vec()),
        (&SHA1, &SHA1_RAW, |text| Sha1::digest(text).to_vec()),
        (&SHA256, &SHA256_RAW, |text| Sha256::digest(text).to_vec()),
        (&SHA512, &SHA512_RAW, |text| Sha512::digest(text).to_vec()),
    ];
    for (as_hex, as_bytes, of) in plain {
        for (described, is_raw) in [(as_hex, false), (as_bytes, true)] {
            let name = described.path();
            crypto.function(described, move |lua, text: Value| {
                cpu_budget::in_time(lua)?;
                let text = bytes(&name, "the text", &text)?;
                written(lua, &of(&text.as_bytes()), is_raw)
            })?;
        }
    }
    let keyed: [(&Function, &Function, OfKey); 3] = [
        (&HMAC_SHA1, &HMAC_SHA1_RAW, with_key::<Hmac<Sha1>>),
        (&HMAC_SHA256, &HMAC_SHA256_RAW, with_key::<Hmac<Sha256>>),
        (&HMAC_SHA512, &HMAC_SHA512_RAW, with_key::<Hmac<Sha512>>),
    ];
    for (as_hex, as_bytes, of) in keyed {
        for (described, is_raw) in [(as_hex, false), (as_bytes, true)] {
            let name = described.path();
            crypto.function(described, move |lua, (key, text): (Value, Value)| {
                cpu_budget::in_time(lua)?;
                let key = bytes(&name, "the key", &key)?;
                let text = bytes(&name, "the text", &text)?;
                let digest = of(&key.as_bytes(), &text.as_bytes())
                    .ok_or_else(|| Error::runtime(format!("{name}: the key is not valid")))?;
                written(lua, &digest, is_raw)
            })?;
        }
    }
    Ok(())
}

fn with_key<M: hmac::Mac + KeyInit>(key: &[u8], text: &[u8]) -> Option<Vec<u8>> {
    let mut mac = <M as KeyInit>::new_from_slice(key).ok()?;
    mac.update(text);
    Some(mac.finalize().into_bytes().to_vec())
}

fn written(lua: &Lua, digest: &[u8], is_raw: bool) -> Result<LuaString> {
    if is_raw {
        lua.create_string(digest)
    } else {
        lua.create_string(hex(digest))
    }
}
