//! JSON to Lua and back: the same texts as serde_json takes, and what was written is read as what it was.

use mlua::Lua;
use serde_json::Value as Json;
use throng::script::api::json::{
    DecodeError, Form, Layout, decode, encode, read, to_bytes, to_value,
};

thread_local! {
    static LUA: Lua = Lua::new();
}

pub fn check(text: &[u8]) {
    LUA.with(|lua| {
        there_and_back(lua, text);
        lua.gc_collect().unwrap();
    });
}

fn there_and_back(lua: &Lua, text: &[u8]) {
    // serde_json's, but for a byte order mark and halves of surrogate pairs, which are read here.
    let theirs = read(text);
    let value = match decode(lua, text) {
        Ok(value) => value,
        Err(DecodeError::Text(words)) => {
            assert!(theirs.is_err(), "refused: {words}");
            return;
        }
        Err(DecodeError::Lua(error)) => panic!("{error}"),
    };
    let theirs = theirs.expect("serde_json refuses it");
    let written = to_bytes(&value).unwrap();
    // One value has one text, whatever it was written like.
    let again = decode(lua, &written).unwrap();
    assert_eq!(to_bytes(&again).unwrap(), written);
    let pretty = encode(
        &value,
        Form {
            caller: "fuzz",
            root: "value",
            layout: Layout::Pretty,
            any_bytes: false,
        },
    )
    .unwrap();
    assert_eq!(to_bytes(&decode(lua, &pretty).unwrap()).unwrap(), written);
    let ours = to_value(&value).unwrap();
    assert!(is_same(&ours, &theirs), "{ours} is not {theirs}");
}

/// As JSON goes: numbers beyond 64 bits are floats here.
fn is_same(one: &Json, other: &Json) -> bool {
    match (one, other) {
        (Json::Number(one), Json::Number(other)) => {
            one == other || one.as_f64().is_some() && one.as_f64() == other.as_f64()
        }
        (Json::Array(one), Json::Array(other)) => {
            one.len() == other.len()
                && one
                    .iter()
                    .zip(other)
                    .all(|(one, other)| is_same(one, other))
        }
        (Json::Object(one), Json::Object(other)) => {
            one.len() == other.len()
                && one
                    .iter()
                    .zip(other)
                    .all(|((key, one), (name, other))| key == name && is_same(one, other))
        }
        (one, other) => one == other,
    }
}
