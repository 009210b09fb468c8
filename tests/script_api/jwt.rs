//! `crypto.jwt`: tokens whose signatures another library verifies.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use mlua::Lua;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey, VerificationAlgorithm,
};
use throng::script::api::crypto;

use super::raised;

/// A key of this test alone.
const RSA: &str = include_str!("rsa_key.pem");
/// Its public half.
const RSA_PUBLIC: &str = "MIIBCgKCAQEA0YGw4+P+q+nQ6GxRXQ+gaYb7vKmZaxv2EjqXtwxFTtsbO3azrbb0+J+Pr2YJjkElpkNpB+f3mRhmJH\
     WyyciXYF5xdvjwAOmd/GcUoAODZxxJGcSdBulqHWVwO5zfGD5Ttv2UC0U37hJa6gDRqAMcvBi0zvAwT+u/vEEStQSr\
     oLCM/cCG4wDTlRJt2nAeifCCe5BnLd8NopNHvxpIM4rpVSsx61N0wtIGJQqRxjPkNHBq9L838eb2fKShUiEeuhZEW8\
     mSmjsj5bWZLYsqlCpdp+PtasEQzIj9bPLfXOU9X3yNSFW/sAz134NRU7aaqKROBzixxy1u8LtkcgVBb//EPQIDAQAB";

fn vm() -> Lua {
    let lua = Lua::new();
    let globals = lua.globals();
    globals.set("crypto", crypto::table(&lua).unwrap()).unwrap();
    globals.set("RSA", RSA).unwrap();
    lua
}

/// Whether a token is signed with the key of which this is the public half.
fn is_signed(algorithm: &'static dyn VerificationAlgorithm, public: &[u8], token: &str) -> bool {
    let (message, signature) = token.rsplit_once('.').unwrap();
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    let public = UnparsedPublicKey::new(algorithm, public);
    public.verify(message.as_bytes(), &signature).is_ok()
}

#[test]
fn tokens_are_signed_as_the_rfc_says() {
    let lua = vm();
    let token = |call: &str| -> String { lua.load(format!("return {call}")).eval().unwrap() };
    let rs = token("crypto.jwt.encode({ sub = 'x', n = 1 }, RSA, { alg = 'RS256', kid = 'k' })");
    let public = STANDARD.decode(RSA_PUBLIC).unwrap();
    assert!(is_signed(&RSA_PKCS1_2048_8192_SHA256, &public, &rs));
    let forged = rs.replacen('.', ".e", 1);
    assert!(!is_signed(&RSA_PKCS1_2048_8192_SHA256, &public, &forged));

    let pair = rcgen::KeyPair::generate().unwrap();
    lua.globals().set("EC", pair.serialize_pem()).unwrap();
    let es = token("crypto.jwt.encode({ sub = 'x' }, EC, { alg = 'ES256' })");
    assert!(is_signed(
        &ECDSA_P256_SHA256_FIXED,
        pair.public_key_raw(),
        &es
    ));

    let hs = token("crypto.jwt.encode({}, 'secret')");
    let (message, signature) = hs.rsplit_once('.').unwrap();
    let own = token(&format!(
        "crypto.base64url.encode(crypto.hmac_sha256_raw('secret', '{message}'))"
    ));
    assert_eq!(signature, own);

    let claims: String = lua
        .load(format!(
            "local claims, header = crypto.jwt.decode('{rs}')
             return claims.sub .. claims.n .. header.alg .. header.kid .. header.typ"
        ))
        .eval()
        .unwrap();
    assert_eq!(claims, "x1RS256kJWT");
}

#[test]
fn what_is_no_token_is_said() {
    let lua = vm();
    for (token, words) in [
        (
            "",
            "not a token: it has 1 parts, not three with dots between",
        ),
        ("a.b", "not a token: it has 2 parts"),
        ("e30.!.x", "not a token: the claims is not base64url"),
        ("e30.bm8.x", "not a token: the claims is not JSON"),
        ("bm8.e30.x", "not a token: the header is not JSON"),
    ] {
        let (nothing, why): (mlua::Value, String) = lua
            .load(format!("return crypto.jwt.decode('{token}')"))
            .eval()
            .unwrap();
        assert!(nothing.is_nil() && why.starts_with(words), "{why}");
    }
}

#[test]
fn mistakes_are_named_and_keys_are_not() {
    let lua = vm();
    for (call, words) in [
        (
            "crypto.jwt.encode({}, 'k', { alg = 'none' })",
            "crypto.jwt.encode: alg is \"none\"; there are: HS256, HS384, HS512, RS256",
        ),
        (
            "crypto.jwt.encode({}, 'hush', { alg = 'RS256' })",
            "crypto.jwt.encode: the key is not what RS256 takes: an RSA key as PEM",
        ),
        (
            "crypto.jwt.encode({}, RSA, { alg = 'ES256' })",
            "crypto.jwt.encode: the key is not what ES256 takes: an elliptic key as PEM",
        ),
        (
            "crypto.jwt.encode({}, 'k', { kdi = 'x' })",
            "has the unknown key 'kdi'; there are: alg, kid",
        ),
        (
            "crypto.jwt.encode({ 1, 2 }, 'k')",
            "crypto.jwt.encode: claims is a list; write fields",
        ),
        (
            "crypto.jwt.encode('x', 'k')",
            "crypto.jwt.encode: claims is a string, a table was expected",
        ),
    ] {
        let why = raised(&lua, call);
        assert!(why.contains(words), "{call}: {why}");
        assert!(!why.contains("hush"), "{why}");
    }
}
