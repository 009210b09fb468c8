use mlua::{Lua, Value};
use throng::random;
use throng::random::{Purpose, Stream};
use throng::script::api::json;

use super::raised;

fn vm() -> Lua {
    let lua = Lua::new();
    lua.globals()
        .set("json", json::table(&lua).unwrap())
        .unwrap();
    lua
}

/// The value of an expression, written as JSON.
fn encoded(expression: &str) -> String {
    vm().load(format!("return json.encode({expression})"))
        .eval()
        .unwrap()
}

fn round(text: &str) -> String {
    let lua = vm();
    let value = json::to_lua(&lua, text.as_bytes()).unwrap();
    String::from_utf8(json::to_bytes(&value).unwrap()).unwrap()
}

#[test]
fn scalars_are_written_as_json_has_them() {
    for (expression, text) in [
        ("nil", "null"),
        ("json.null", "null"),
        ("true", "true"),
        ("false", "false"),
        ("42", "42"),
        ("-9223372036854775807 - 1", "-9223372036854775808"),
        ("9223372036854775807", "9223372036854775807"),
        ("3.0", "3.0"),
        ("0.1", "0.1"),
        ("1e300", "1e+300"),
        ("'a\"b\\\\c\\n\\t\\0'", r#""a\"b\\c\n\t\u0000""#),
        ("'größe 日本'", "\"größe 日本\""),
        ("''", "\"\""),
    ] {
        assert_eq!(encoded(expression), text, "{expression}");
    }
}

#[test]
fn tables_become_objects_and_arrays() {
    for (expression, text) in [
        ("{}", "{}"),
        ("json.array({})", "[]"),
        ("json.array()", "[]"),
        ("{1, 2, 'three', {4}}", "[1,2,\"three\",[4]]"),
        (
            "{b = 1, a = {c = json.null}, B = false}",
            r#"{"B":false,"a":{"c":null},"b":1}"#,
        ),
        (
            "{items = json.array({}), page = 1}",
            r#"{"items":[],"page":1}"#,
        ),
        ("{[3] = 'c', [1] = 'a', [2] = 'b'}", r#"["a","b","c"]"#),
        ("{['1'] = 'text key'}", r#"{"1":"text key"}"#),
    ] {
        assert_eq!(encoded(expression), text, "{expression}");
    }
}

#[test]
fn pretty_has_a_line_for_each_value() {
    let text = encoded("{list = {1, 2}, none = {}, sub = {x = 'y'}}, {pretty = true}");
    let expected = "{\n  \"list\": [\n    1,\n    2\n  ],\n  \"none\": {},\n  \"sub\": {\n    \"x\": \"y\"\n  }\n}";
    assert_eq!(text, expected);
}

#[test]
fn a_text_survives_the_way_through_lua() {
    for text in [
        "null",
        "[]",
        "{}",
        "[[],{},[{}]]",
        r#"{"a":[],"b":{"c":[1,2.5,-3,true,false,null,"x"]}}"#,
        "[9223372036854775807,-9223372036854775808]",
        "[null,null,1,null]",
        r#""\u0000\u001f""#,
        "0.30000000000000004",
    ] {
        assert_eq!(round(text), text);
    }
    assert_eq!(
        round("{\"b\":1,\"a\":2,\"b\":3}"),
        "{\"a\":2,\"b\":3}",
        "the last of two equal keys"
    );
    assert_eq!(
        round(r#"{"k\u00e9y\n":"\ud83d\ude00"}"#),
        "{\"kéy\\n\":\"😀\"}"
    );
    for digits in [
        "9223372036854775807",
        "9223372036854775808",
        "18446744073709551615",
        "18446744073709551616",
        "-9223372036854775808",
        "-9223372036854775809",
        "123456789012345678901234567890",
        "-123456789012345678901234567890",
    ] {
        assert_eq!(round(digits), digits);
        let text = format!("{{\"id\":{digits},\"list\":[{digits},0,{digits}]}}");
        assert_eq!(round(&text), text);
    }
    assert_eq!(round(" [ 1 , 2 ] \n"), "[1,2]");
}

#[test]
fn decoded_values_have_lua_types() {
    let ok: bool = vm()
        .load(
            r#"
            local v = json.decode('{"id":12,"ratio":1.0,"name":null,"tags":["a","b"],"on":true}')
            assert(math.type(v.id) == "integer" and v.id == 12)
            assert(math.type(v.ratio) == "float" and v.ratio == 1.0)
            assert(v.name == json.null and v.name ~= nil)
            assert(#v.tags == 2 and v.tags[2] == "b" and v.on == true)
            v.tags[#v.tags + 1] = "c"
            assert(json.encode(v.tags) == '["a","b","c"]')
            return true
        "#,
        )
        .eval()
        .unwrap();
    assert!(ok);
}

#[test]
fn a_text_that_is_no_json_gives_nil_and_a_message() {
    let lua = vm();
    for (text, words) in [
        ("", "EOF while parsing a value at line 1 column 0"),
        ("{\"a\":}", "expected value at line 1 column 6"),
        ("[1,2", "EOF while parsing a list at line 1 column 4"),
        ("[1] x", "trailing characters at line 1 column 5"),
        ("<html>", "expected value at line 1 column 1"),
        ("1e999", "number out of range at line 1 column 5"),
        ("nul", "EOF while parsing a value at line 1 column 3"),
    ] {
        let decode: mlua::Function = lua.load("return json.decode").eval().unwrap();
        let (value, message): (Value, String) = decode.call(text).unwrap();
        assert_eq!((value, message.as_str()), (Value::Nil, words), "{text}");
    }
    let bytes = lua.create_string(b"\"\xff\"").unwrap();
    lua.globals().set("bytes", bytes).unwrap();
    let message: String = lua
        .load("return select(2, json.decode(bytes))")
        .eval()
        .unwrap();
    assert!(
        message.starts_with("invalid unicode code point"),
        "{message}"
    );
}

#[test]
fn depth_and_number_of_values_are_capped() {
    let lua = vm();
    let deep = |n: usize| "[".repeat(n) + &"]".repeat(n);
    assert_eq!(round(&deep(json::MAX_DEPTH)), deep(json::MAX_DEPTH));
    let error = json::to_lua(&lua, deep(json::MAX_DEPTH + 1).as_bytes()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "runtime error: json: recursion limit exceeded at line 1 column 128"
    );
    let error = json::to_lua(&lua, "[".repeat(1_000_000).as_bytes()).unwrap_err();
    assert!(error.to_string().contains("recursion limit"), "{error}");

    let many = format!("[{}0]", "0,".repeat(json::MAX_VALUES));
    let error = json::to_lua(&lua, many.as_bytes()).unwrap_err();
    assert!(
        error.to_string().contains("more than 1000000 values"),
        "{error}"
    );

    let words = raised(
        &lua,
        "local t = {} for _ = 1, 127 do t = {t} end json.encode(t)",
    );
    assert!(
        words.ends_with("is nested more than 127 levels deep"),
        "{words}"
    );
    // Thirty tables that would be written as a billion strings.
    let words = raised(
        &lua,
        "local t = {('x'):rep(1 << 20)} for _ = 1, 30 do t = {t, t} end json.encode(t)",
    );
    assert!(
        words.ends_with("exceeds the 16 MiB that one text may have"),
        "{words}"
    );
}

#[test]
fn what_json_cannot_hold_is_named_by_its_path() {
    let lua = vm();
    for (expression, words) in [
        (
            "{items = {1, 2, print}}",
            "value.items[3] is a function; a table, string, number, boolean or json.null was expected",
        ),
        (
            "{['a b'] = 0/0}",
            "value[\"a b\"] is NaN (not a number), which JSON cannot represent",
        ),
        (
            "{{x = math.huge}}",
            "value[1].x is infinite, which JSON cannot represent",
        ),
        (
            "{name = '\\xff'}",
            "value.name is a string that is not UTF-8 (byte 1); use base64.encode for bytes",
        ),
        (
            "{a = {1, 2, b = 3}}",
            "value.a is a list and also has the key \"b\"; JSON cannot represent both in one table",
        ),
        (
            "json.array({x = 1})",
            "value is marked as an array and also has the key \"x\"; JSON cannot represent both in one table",
        ),
        (
            "{1, nil, 3}",
            "value is a list with holes (2 items, the last at 3); fill them with json.null",
        ),
        (
            "{[1.5] = 1}",
            "value has the number 1.5 as a key; keys are strings, or 1, 2, 3... in a list",
        ),
        (
            "{[0] = 1}",
            "value has the number 0 as a key; keys are strings, or 1, 2, 3... in a list",
        ),
        (
            "{[true] = 1}",
            "value has a boolean as a key; keys are strings, or 1, 2, 3... in a list",
        ),
        (
            "coroutine.create(print)",
            "value is a coroutine; a table, string, number, boolean or json.null was expected",
        ),
    ] {
        assert_eq!(
            raised(&lua, &format!("json.encode({expression})")),
            format!("json.encode: {words}")
        );
    }
    let words = raised(&lua, "local t = {a = {}} t.a.b = {t} json.encode(t)");
    assert_eq!(
        words,
        "json.encode: value.a.b[1] is a table that contains itself"
    );
}

#[test]
fn an_object_of_many_fields_keeps_them_all() {
    let chunk = "local t = {} for i = 1, 1000 do t[('k%04d'):format(i)] = {i} end
        local back = json.decode(json.encode(t))
        for i = 1, 1000 do assert(back[('k%04d'):format(i)][1] == i) end
        return json.encode(t):sub(1, 30)";
    let text: String = vm().load(chunk).eval().unwrap();
    assert_eq!(text, r#"{"k0001":[1],"k0002":[2],"k000"#);
}

#[test]
fn the_same_table_twice_is_no_cycle() {
    let text: String = vm()
        .load("local t = {1} return json.encode({t, t, {t}})")
        .eval()
        .unwrap();
    assert_eq!(text, "[[1],[1],[[1]]]");
}

#[test]
fn the_caller_and_the_name_of_the_value_stand_in_the_message() {
    let lua = vm();
    let value: Value = lua.load("return {items = {1, print}}").eval().unwrap();
    let form = json::Form {
        caller: "http.post",
        root: "body",
        layout: json::Layout::Compact,
        any_bytes: false,
    };
    let error = json::encode(&value, form).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("runtime error: http.post: body.items[2] is a function"),
        "{error}"
    );
}

#[test]
fn wrong_arguments_are_named() {
    let lua = vm();
    for (chunk, words) in [
        (
            "json.decode(nil)",
            "json.decode: the text is nil, a string was expected",
        ),
        (
            "json.decode({})",
            "json.decode: the text is a table, a string was expected",
        ),
        (
            "json.encode(1, true)",
            "json.encode: options is a boolean, a table was expected",
        ),
        (
            "json.encode(1, {pretty = 1})",
            "json.encode: options.pretty is a number, a boolean was expected",
        ),
        (
            "json.array(1)",
            "json.array: the list is a number, a table was expected",
        ),
        (
            "json.array(setmetatable({}, {}))",
            "json.array: the table has a metatable of its own, a plain table was expected",
        ),
    ] {
        assert_eq!(raised(&lua, chunk), words);
    }
}

#[test]
fn a_vm_without_memory_says_so() {
    let lua = vm();
    lua.set_memory_limit(lua.used_memory() + 100_000).unwrap();
    let text = format!("[{}0]", "[],".repeat(100_000));
    let error = json::decode(&lua, text.as_bytes()).unwrap_err();
    assert!(
        matches!(error, json::DecodeError::Lua(mlua::Error::MemoryError(_))),
        "{error}"
    );
}

/// A JSON value with the shapes that answers have.
fn any_value(stream: &mut Stream, depth: usize) -> serde_json::Value {
    let kinds = if depth == 0 { 7 } else { 9 };
    let count = stream.int(0, 5) as usize;
    match stream.index(kinds).unwrap() {
        0 => serde_json::Value::Null,
        1 => stream.chance(0.5).into(),
        2 => stream.int(i64::MIN, i64::MAX).into(),
        3 => stream.int(-9, 9).into(),
        4 => random::normal(stream, 0.0, 1e6).into(),
        5 => f64::from_bits(stream.word() & !(1 << 62)).into(),
        6 => random::string(stream, count, "ab\"\\\n\u{0}\u{7f}é→😀/").into(),
        7 => (0..count).map(|_| any_value(stream, depth - 1)).collect(),
        _ => {
            let keys = (0..count).map(|_| random::string(stream, 2, "abc\"é"));
            let keys: Vec<String> = keys.collect();
            keys.into_iter()
                .map(|key| (key, any_value(stream, depth - 1)))
                .collect()
        }
    }
}

#[test]
fn any_value_survives_the_way_through_lua() {
    let lua = vm();
    let mut stream = Stream::new(5, 0, Purpose::Data);
    for _ in 0..2_000 {
        let value = any_value(&mut stream, 4);
        let text = serde_json::to_vec(&value).unwrap();
        let through = json::to_lua(&lua, &text).unwrap();
        let back: serde_json::Value =
            serde_json::from_slice(&json::to_bytes(&through).unwrap()).unwrap();
        let expected: serde_json::Value = serde_json::from_slice(&text).unwrap();
        assert_eq!(back, expected);
        let pretty = json::Form {
            caller: "json",
            root: "value",
            layout: json::Layout::Pretty,
            any_bytes: false,
        };
        let pretty = String::from_utf8(json::encode(&through, pretty).unwrap()).unwrap();
        assert_eq!(pretty, serde_json::to_string_pretty(&expected).unwrap());
    }
}

#[test]
fn a_torn_text_is_refused_where_serde_json_refuses_it() {
    let lua = vm();
    let mut stream = Stream::new(6, 0, Purpose::Data);
    let mut refused = 0;
    for _ in 0..4_000 {
        let mut text = serde_json::to_vec(&any_value(&mut stream, 3)).unwrap();
        for _ in 0..stream.int(1, 3) {
            let place = stream.index(text.len()).unwrap_or(0);
            match stream.index(3).unwrap() {
                0 => text.truncate(place),
                1 if !text.is_empty() => text[place] = stream.word() as u8,
                _ => text.insert(place, b"[]{},:\"\\0-e"[stream.index(11).unwrap()]),
            }
        }
        let ours = json::to_lua(&lua, &text).is_ok();
        let theirs = serde_json::from_slice::<serde_json::Value>(&text).is_ok();
        assert_eq!(ours, theirs, "{:?}", String::from_utf8_lossy(&text));
        refused += usize::from(!ours);
    }
    assert!((1_000..3_900).contains(&refused), "{refused} of 4000");
}

#[test]
fn whole_numbers_that_no_integer_holds_are_values_with_their_digits() {
    let chunk = r#"
        local v = json.decode '{"a":18446744073709551615,"b":[18446744073709551615,18446744073709551616],"c":-9223372036854775809}'
        assert(tostring(v.a) == "18446744073709551615" and v.a .. "/x" == "18446744073709551615/x" and "x" .. v.c == "x-9223372036854775809")
        assert(string.format("%s", v.a) == "18446744073709551615")
        assert(v.a == v.b[1] and v.a ~= v.b[2] and v.a < v.b[2] and v.c < v.a and v.a > 5 and not (v.a <= 5) and 5 < v.a)
        local seen = { [v.a] = "by its digits" }
        collectgarbage()
        assert(seen[json.decode "18446744073709551615"] == "by its digits")
        assert(v.a + 1 == 2.0 ^ 64 and 1 + v.a == 2.0 ^ 64 and -v.a == -2.0 ^ 64 and v.a / 2 == 2.0 ^ 63 and v.a % 2 == 0)
        assert(type(v.a) == "userdata" and math.type(v.a) == nil)
        assert(json.encode(v.b) == "[18446744073709551615,18446744073709551616]")
        assert(not pcall(function() return v.a < "x" end) and not pcall(function() return v.a .. {} end))
    "#;
    vm().load(chunk).exec().unwrap();
}

/// Floats stay floats, whatever stands beside them and however many digits they have.
#[test]
fn digits_are_kept_of_whole_numbers_alone() {
    let lua = vm();
    for (text, expected) in [
        (
            "[1e20,100000000000000000000]",
            "[1e+20,100000000000000000000]",
        ),
        (
            "[100000000000000000000,1e20]",
            "[100000000000000000000,1e+20]",
        ),
        (
            "[0.12345678901234567890123,123456789012345678901234]",
            "[0.12345678901234568,123456789012345678901234]",
        ),
        (
            "[\"123456789012345678901234\",-0,1E2,123456789012345678901234,-0.0]",
            "[\"123456789012345678901234\",-0.0,100.0,123456789012345678901234,-0.0]",
        ),
        (
            "{\"a\\\"1\":\"\\\\\",\"b\":123456789012345678901234}",
            "{\"a\\\"1\":\"\\\\\",\"b\":123456789012345678901234}",
        ),
        (
            "[1.5e300,18446744073709551615]",
            "[1.5e+300,18446744073709551615]",
        ),
    ] {
        lua.globals().set("text", text).unwrap();
        let said: String = lua
            .load("return json.encode(json.decode(text))")
            .eval()
            .unwrap();
        assert_eq!(said, expected, "{text}");
    }
}

#[test]
fn a_byte_order_mark_is_left_out_and_half_a_pair_is_the_replacement_character() {
    let lua = vm();
    for (text, expected) in [
        (&b"\xef\xbb\xbf{\"a\":1}"[..], "{\"a\":1}"),
        (br#""\ud83d""#, "\"\u{fffd}\""),
        (br#""a\uD83Dz""#, "\"a\u{fffd}z\""),
        (br#""\ude00\ud83d""#, "\"\u{fffd}\u{fffd}\""),
        (br#""\ud83d\ud83d\ude00""#, "\"\u{fffd}\u{1f600}\""),
        (
            br#"{"\udead":["\\ud800\\", "\ud83d\ude00"]}"#,
            "{\"\u{fffd}\":[\"\\\\ud800\\\\\",\"\u{1f600}\"]}",
        ),
    ] {
        lua.globals()
            .set("text", lua.create_string(text).unwrap())
            .unwrap();
        let said: String = lua
            .load("return json.encode(assert(json.decode(text)))")
            .eval()
            .unwrap();
        assert_eq!(said, expected, "{}", String::from_utf8_lossy(text));
        let value = json::read(text).unwrap();
        assert_eq!(value.to_string(), expected);
    }
    // A mark is one only at the beginning, and a text must be whole all the same.
    for text in [
        &b"\xef\xbb\xbf"[..],
        b"\xef\xbb\xbf\xef\xbb\xbf1",
        br#""\ud8"#,
        br#""\ud83d"#,
    ] {
        lua.globals()
            .set("text", lua.create_string(text).unwrap())
            .unwrap();
        let refused: bool = lua
            .load("return (json.decode(text)) == nil")
            .eval()
            .unwrap();
        assert!(refused, "{}", String::from_utf8_lossy(text));
    }
}
