//! `crypto.jwt`: JSON Web Tokens (RFC 7519), signed with HS256, RS256 or ES256 and their longer kin.

use base64::Engine as _;
use mlua::{Error, Lua, MultiValue, Result, Table, Value};
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair,
    EcdsaSigningAlgorithm, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RsaEncoding,
    RsaKeyPair,
};
use ring::{error::Unspecified, hmac};
use rustls_pki_types::{PrivateKeyDer, pem::PemObject as _};
use serde_json::json;

use super::bytes::{BASE64URL, bytes};
use crate::script::api::signature::{
    Function, Namespace, Options, Registration, optional, required, returned,
};
use crate::script::api::{argument, json};
use crate::script::vm::cpu_budget;

const ENCODE: Function = Function::new("crypto.jwt", "encode", "A signed token (RFC 7519).")
    .takes(&[
        required("claims", "table<string, any>").doc("As they are to be: none is added."),
        required("key", "string").doc(
            "A secret for HS, a private key as PEM for RS (PKCS #1 or #8; 2048 to 4096 bits) and \
             ES (PKCS #8, with its public half).",
        ),
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

/// How a token is signed.
enum Algorithm {
    /// With a secret.
    Hmac(hmac::Algorithm),
    Rsa(&'static dyn RsaEncoding),
    Ecdsa(&'static EcdsaSigningAlgorithm),
}

/// The algorithms that there are.
static ALGORITHMS: [(&str, Algorithm); 8] = [
    ("HS256", Algorithm::Hmac(hmac::HMAC_SHA256)),
    ("HS384", Algorithm::Hmac(hmac::HMAC_SHA384)),
    ("HS512", Algorithm::Hmac(hmac::HMAC_SHA512)),
    ("RS256", Algorithm::Rsa(&RSA_PKCS1_SHA256)),
    ("RS384", Algorithm::Rsa(&RSA_PKCS1_SHA384)),
    ("RS512", Algorithm::Rsa(&RSA_PKCS1_SHA512)),
    ("ES256", Algorithm::Ecdsa(&ECDSA_P256_SHA256_FIXED_SIGNING)),
    ("ES384", Algorithm::Ecdsa(&ECDSA_P384_SHA384_FIXED_SIGNING)),
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
    let mut kid = None;
    let mut chosen = &ALGORITHMS[0];
    if let Some(opts) = argument::optional_table(name, "opts", opts)? {
        OPTIONS.check(&format!("{name}: opts"), &opts)?;
        let text = |key: &str| match opts.get::<Value>(key)? {
            Value::Nil => Ok(None),
            value => Ok::<_, Error>(Some(argument::string(name, key, &value)?.to_string_lossy())),
        };
        kid = text("kid")?;
        if let Some(alg) = text("alg")? {
            let known = ALGORITHMS.iter().find(|(word, _)| *word == alg);
            chosen = known.ok_or_else(|| {
                let words: Vec<_> = ALGORITHMS.iter().map(|(word, _)| *word).collect();
                fault(format!("alg is \"{alg}\"; there are: {}", words.join(", ")))
            })?;
        }
    }
    let (word, algorithm) = chosen;
    let mut header = json!({"typ": "JWT", "alg": word});
    if let Some(kid) = kid {
        header["kid"] = kid.into();
    }
    let part = |value: &serde_json::Value| BASE64URL.encode(value.to_string());
    let message = format!("{}.{}", part(&header), part(&claims));
    let signature = sign(algorithm, &key.as_bytes(), message.as_bytes());
    let signature = signature.map_err(|why| fault(why.words(word)))?;
    Ok(format!("{message}.{}", BASE64URL.encode(signature)))
}

/// Why there is no signature. What is wrong inside of a key is not said: it is a secret.
enum Refused {
    Key(&'static str),
    Signing,
}

impl Refused {
    fn words(&self, algorithm: &str) -> String {
        match self {
            Self::Key(what) => format!("the key is not what {algorithm} takes: {what}"),
            Self::Signing => "the token cannot be signed: no random numbers".to_owned(),
        }
    }
}

fn sign(
    algorithm: &Algorithm,
    key: &[u8],
    message: &[u8],
) -> std::result::Result<Vec<u8>, Refused> {
    let random = SystemRandom::new();
    let failed = |_: Unspecified| Refused::Signing;
    match algorithm {
        Algorithm::Hmac(hash) => {
            let key = hmac::Key::new(*hash, key);
            Ok(hmac::sign(&key, message).as_ref().to_vec())
        }
        Algorithm::Rsa(hash) => {
            let pair = match PrivateKeyDer::from_pem_slice(key) {
                Ok(PrivateKeyDer::Pkcs1(der)) => RsaKeyPair::from_der(der.secret_pkcs1_der()).ok(),
                Ok(PrivateKeyDer::Pkcs8(der)) => {
                    RsaKeyPair::from_pkcs8(der.secret_pkcs8_der()).ok()
                }
                _ => None,
            };
            let pair = pair.ok_or(Refused::Key("an RSA key as PEM, of 2048 to 4096 bits"))?;
            let mut signature = vec![0; pair.public().modulus_len()];
            let signed = pair.sign(*hash, &random, message, &mut signature);
            signed.map(|()| signature).map_err(failed)
        }
        Algorithm::Ecdsa(curve) => {
            let pair = match PrivateKeyDer::from_pem_slice(key) {
                Ok(PrivateKeyDer::Pkcs8(der)) => {
                    EcdsaKeyPair::from_pkcs8(curve, der.secret_pkcs8_der(), &random).ok()
                }
                _ => None,
            };
            let what = "an elliptic key as PEM (\"BEGIN PRIVATE KEY\"), with its public half";
            let pair = pair.ok_or(Refused::Key(what))?;
            let signed = pair.sign(&random, message);
            signed
                .map(|signature| signature.as_ref().to_vec())
                .map_err(failed)
        }
    }
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
