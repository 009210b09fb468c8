//! `crypto.jwt`: JSON Web Tokens (RFC 7519), signed with HS256, RS256 or ES256 and their longer kin.

use base64::Engine as _;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use mlua::{Error, Lua, MultiValue, Result, Table, Value};

use super::bytes::{BASE64URL, bytes};
use crate::script::api::signature::{
    Function, Namespace, Options, Registration, optional, required, returned,
};
use crate::script::api::{argument, json};
use crate::script::vm::cpu_budget;

const ENCODE: Function = Function::new("crypto.jwt", "encode", "A signed token (RFC 7519).")
    .takes(&[
        required("claims", "table<string, any>").doc("As they are to be: none is added."),
        required("key", "string")
            .doc("A secret for HS, a private key as PEM for RS (PKCS #1 or #8) and ES (PKCS #8)."),
        optional("opts", "JwtOptions").doc("Algorithm and id of the key."),
    ])
    .returns(&[returned(
        "string",
        "Header, claims and signature, with dots between.",
    )])
    .fails("An error when the key is not one of the algorithm, or claims is a list.")
    .example(include_str!("../examples/crypto.jwt.encode.lua"));

const DECODE: Function = Function::new(
    "crypto.jwt",
    "decode",
    "What a token says; its signature and its times are not verified.",
)
.takes(&[required("token", "string").doc("A signed token.")])
.returns(&[
    returned("any", "The claims."),
    returned("any", "The header; the message where there are no claims."),
])
.fails("nil and a message for what is not a token.")
.example(include_str!("../examples/crypto.jwt.decode.lua"));

/// `crypto.jwt`.
pub const TABLE: Namespace = Namespace {
    name: "crypto.jwt",
    doc: "JSON Web Tokens.",
    functions: &[&ENCODE, &DECODE],
    values: &[],
};

/// What [`ENCODE`] takes beside claims and key.
pub const OPTIONS: Options = Options {
    kind: "JwtOptions",
    doc: "How a token is signed.",
    fields: &[
        optional("alg", "string")
            .doc("HS256, HS384, HS512, RS256, RS384, RS512, ES256 or ES384.")
            .or("\"HS256\""),
        optional("kid", "string")
            .doc("The id of the key, in the header.")
            .or("none"),
    ],
    example: include_str!("../examples/JwtOptions.lua"),
};

/// The algorithms that there are.
const ALGORITHMS: [(&str, Algorithm); 8] = [
    ("HS256", Algorithm::HS256),
    ("HS384", Algorithm::HS384),
    ("HS512", Algorithm::HS512),
    ("RS256", Algorithm::RS256),
    ("RS384", Algorithm::RS384),
    ("RS512", Algorithm::RS512),
    ("ES256", Algorithm::ES256),
    ("ES384", Algorithm::ES384),
];

/// The table `crypto.jwt`.
///
/// # Errors
/// When the VM has no memory left.
pub(super) fn table(lua: &Lua) -> Result<Table> {
    let table = Registration::new(lua, &TABLE)?;
    table.function(
        &ENCODE,
        |lua, (claims, key, opts): (Value, Value, Value)| {
            cpu_budget::in_time(lua)?;
            let token = encode(&claims, &key, &opts)?;
            lua.create_string(token)
        },
    )?;
    table.function(&DECODE, |lua, token: Value| {
        let token = bytes("crypto.jwt.decode", "token", &token)?;
        decode(lua, &token.to_string_lossy())
    })?;
    table.finish()
}

fn encode(claims: &Value, key: &Value, opts: &Value) -> Result<String> {
    let name = "crypto.jwt.encode";
    let fault = |why: String| Error::runtime(format!("{name}: {why}"));
    let claims = argument::table(name, "claims", claims)?;
    let claims = match claims.is_empty() {
        true => serde_json::Value::Object(serde_json::Map::new()),
        false => json::to_value(&Value::Table(claims))?,
    };
    if !claims.is_object() {
        return Err(fault(
            "claims is a list; write fields such as { sub = \"7\" }".to_owned(),
        ));
    }
    let key = bytes(name, "the key", key)?;
    let mut header = Header::new(Algorithm::HS256);
    if let Some(opts) = argument::optional_table(name, "opts", opts)? {
        OPTIONS.check(&format!("{name}: opts"), &opts)?;
        let text = |key: &str| match opts.get::<Value>(key)? {
            Value::Nil => Ok(None),
            value => Ok::<_, Error>(Some(argument::string(name, key, &value)?.to_string_lossy())),
        };
        header.kid = text("kid")?;
        if let Some(alg) = text("alg")? {
            let known = ALGORITHMS.iter().find(|(word, _)| *word == alg);
            header.alg = known.map(|(_, algorithm)| *algorithm).ok_or_else(|| {
                let words: Vec<_> = ALGORITHMS.iter().map(|(word, _)| *word).collect();
                fault(format!("alg is \"{alg}\"; there are: {}", words.join(", ")))
            })?;
        }
    }
    let key = key.as_bytes();
    let (key, what) = match header.alg {
        Algorithm::HS256 | Algorithm::HS384 | Algorithm::HS512 => {
            (Ok(EncodingKey::from_secret(&key)), "a secret")
        }
        Algorithm::ES256 | Algorithm::ES384 => (
            EncodingKey::from_ec_pem(&key),
            "an elliptic key as PEM (\"BEGIN PRIVATE KEY\")",
        ),
        _ => (EncodingKey::from_rsa_pem(&key), "an RSA key as PEM"),
    };
    // What is wrong inside of a key is not said: it is a secret.
    let key = key.map_err(|_| {
        fault(format!(
            "the key is not what {:?} takes: {what}",
            header.alg
        ))
    })?;
    jsonwebtoken::encode(&header, &claims, &key)
        .map_err(|why| fault(format!("the token cannot be signed: {why}")))
}

fn decode(lua: &Lua, token: &str) -> Result<MultiValue> {
    let parts: Vec<_> = token.trim().split('.').collect();
    let refused = |why: String| {
        let words = Value::String(lua.create_string(why)?);
        Ok(MultiValue::from_iter([Value::Nil, words]))
    };
    let &[header, claims, _] = parts.as_slice() else {
        return refused(format!(
            "not a token: it has {} parts, not three with dots between",
            parts.len()
        ));
    };
    let part = |name: &str, text: &str| {
        let bytes = BASE64URL
            .decode(text)
            .map_err(|why| format!("not a token: {name} is not base64url: {why}"))?;
        json::decode(lua, &bytes).map_err(|why| format!("not a token: {name} is not JSON: {why}"))
    };
    match (part("the claims", claims), part("the header", header)) {
        (Ok(claims), Ok(header)) => Ok(MultiValue::from_iter([claims, header])),
        (Err(why), _) | (_, Err(why)) => refused(why),
    }
}
