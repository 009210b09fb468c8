use mlua::Lua;
use throng::script::api::crypto;

use super::raised;

fn vm() -> Lua {
    let lua = Lua::new();
    lua.globals()
        .set("crypto", crypto::table(&lua).unwrap())
        .unwrap();
    lua
}

#[track_caller]
fn is(expression: &str, expected: &str) {
    let lua = vm();
    let value: mlua::Value = lua.load(format!("return {expression}")).eval().unwrap();
    assert_eq!(value.to_string().unwrap(), expected, "{expression}");
}

/// Vectors of FIPS 180-4 and RFC 4231.
#[test]
fn digests_are_those_of_the_standards() {
    is(
        "crypto.sha256('')",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    );
    is(
        "crypto.sha256('abc')",
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    );
    is(
        "#crypto.sha256_raw('abc') .. crypto.sha256_raw('abc'):byte(1)",
        "32186",
    );
    is(
        "crypto.hmac_sha256('Jefe', 'what do ya want for nothing?')",
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    );
    is(
        "crypto.hmac_sha256(('\\xaa'):rep(131), 'Test Using Larger Than Block-Size Key - Hash Key First')",
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
    );
    is(
        "crypto.hex.encode(crypto.hmac_sha256_raw('k', 'x')) == crypto.hmac_sha256('k', 'x')",
        "true",
    );
}

/// Vectors of RFC 1321, FIPS 180-4, RFC 2202 and RFC 4231.
#[test]
fn other_digests_are_those_of_the_standards() {
    for (expression, expected) in [
        ("crypto.md5('abc')", "900150983cd24fb0d6963f7d28e17f72"),
        ("crypto.md5('')", "d41d8cd98f00b204e9800998ecf8427e"),
        (
            "crypto.sha1('abc')",
            "a9993e364706816aba3e25717850c26c9cd0d89d",
        ),
        (
            "crypto.sha512('abc')",
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a\
             2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        ),
        (
            "crypto.hmac_sha1('Jefe', 'what do ya want for nothing?')",
            "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79",
        ),
        (
            "crypto.hmac_sha512('Jefe', 'what do ya want for nothing?')",
            "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554\
             9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
        ),
        (
            "#crypto.md5_raw('') .. ' ' .. #crypto.sha1_raw('') .. ' ' .. #crypto.sha512_raw('') \
             .. ' ' .. #crypto.hmac_sha1_raw('', '') .. ' ' .. #crypto.hmac_sha512_raw('', '')",
            "16 20 64 20 64",
        ),
    ] {
        is(expression, expected);
    }
}

/// Vectors of RFC 4648.
#[test]
fn texts_for_bytes_go_both_ways() {
    is("crypto.base64.encode('foob')", "Zm9vYg==");
    is("crypto.base64.encode('')", "");
    is("crypto.base64.decode('Zm9vYg==')", "foob");
    is("crypto.base64.decode('Zm9vYg')", "foob");
    is("crypto.base64.encode('\\xfb\\xff\\xfe')", "+//+");
    is("crypto.base64url.encode('\\xfb\\xff\\xfe')", "-__-");
    is("crypto.base64url.encode('foob')", "Zm9vYg");
    is("crypto.base64url.decode('Zm9vYg')", "foob");
    is("crypto.base64url.decode('Zm9vYg==')", "foob");
    is("crypto.hex.encode('\\0\\xff a')", "00ff2061");
    is("crypto.hex.decode('00FF2061') == '\\0\\xff a'", "true");
}

#[test]
fn what_cannot_be_decoded_gives_nil_and_a_message() {
    is("select(1, crypto.base64.decode('a'))", "nil");
    is(
        "select(2, crypto.base64.decode('Zm9_'))",
        "not base64: Invalid symbol 95, offset 3.",
    );
    is(
        "select(2, crypto.hex.decode('abc'))",
        "not hex: 3 digits, an even number was expected",
    );
    is(
        "select(2, crypto.hex.decode('0g'))",
        "not hex: byte 103 at position 2 is not a digit",
    );
}

#[test]
fn wrong_arguments_are_named() {
    let lua = vm();
    for (call, words) in [
        (
            "crypto.sha256(nil)",
            "crypto.sha256: the text is nil, a string was expected",
        ),
        (
            "crypto.hmac_sha256('k')",
            "crypto.hmac_sha256: the text is nil, a string was expected",
        ),
        (
            "crypto.hmac_sha256({}, 'x')",
            "crypto.hmac_sha256: the key is a table, a string was expected",
        ),
        (
            "crypto.base64.encode(1)",
            "crypto.base64.encode: the text is a number, a string was expected",
        ),
        (
            "crypto.sha256(('x'):rep(2^24 + 1))",
            "crypto.sha256: the text has 16777217 bytes, at most 16777216 was expected",
        ),
    ] {
        assert_eq!(raised(&lua, call), words);
    }
}
