//! What a script can reach, and the words when it reaches for more.

use serde_json::json;

use super::support::{act, nowhere};
use crate::support::on_one_thread;

/// What a step says.
fn said(body: &str) -> Vec<serde_json::Value> {
    on_one_thread(async { act(body, nowhere()).await.fine() })
}

/// The fault of a step.
fn fault(body: &str) -> String {
    on_one_thread(async { act(body, nowhere()).await.fault() })
}

#[test]
fn the_doors_to_the_machine_are_gone() {
    let names = [
        "io",
        "os",
        "package",
        "debug",
        "load",
        "loadfile",
        "dofile",
        "collectgarbage",
    ];
    for name in names {
        let body = format!("say(rawget(_G, '{name}') == nil)\nlocal x = {name}");
        let act = on_one_thread(async { act(&body, nowhere()).await });
        assert_eq!(act.said, [true], "{name}");
        let (gone, instead) = (
            format!("'{name}' is not available to scripts; "),
            act.fault(),
        );
        let says = instead.strip_prefix("scripts/one.lua:3: ");
        let says = says.and_then(|words| words.strip_prefix(&gone));
        assert!(
            says.is_some_and(|what_to_do| !what_to_do.is_empty()),
            "{instead}"
        );
    }
    let act = on_one_thread(async { act("local x = pront", nowhere()).await });
    assert_eq!(
        act.fault(),
        "scripts/one.lua:2: 'pront' is not defined: neither a local, nor something that throng gives; did you mean print?"
    );
    assert_eq!(said("say(string.dump == nil)"), [true]);
}

#[test]
fn undefined_and_assigned_globals_are_said() {
    assert_eq!(
        fault("user.state.x = cuont"),
        "scripts/one.lua:2: 'cuont' is not defined: neither a local, nor something that throng gives"
    );
    assert_eq!(
        fault("\ncount = 1"),
        "scripts/one.lua:3: assignment to the global 'count': write 'local count', or keep it in user.state"
    );
    assert_eq!(
        said("say(getmetatable(_G)) say(pcall(setmetatable, _G, nil))"),
        [
            json!("the table of globals is not available to scripts"),
            json!(false)
        ]
    );
    assert_eq!(said("say(crowd == nil)"), [true]);
}

#[test]
fn finalizers_are_refused() {
    for field in ["__gc", "__close"] {
        assert_eq!(
            fault(&format!(
                "setmetatable({{}}, {{ {field} = function() end }})"
            )),
            "scripts/one.lua:2: setmetatable: __gc and __close are not available to scripts"
        );
    }
}

#[test]
fn metatables_of_the_host_are_hidden() {
    let body = "say(getmetatable(''))
        say(getmetatable(user)) say(getmetatable(vars)) say(getmetatable(json.array {}))
        local _, e = pcall(setmetatable, user, {}) say(e)";
    assert_eq!(
        said(body),
        [
            json!("the metatable of strings is not available to scripts"),
            json!("user"),
            json!("vars"),
            json!(false),
            json!("cannot change a protected metatable"),
        ]
    );
}

#[test]
fn one_call_cannot_take_all_memory() {
    for (body, words) in [
        (
            "local s = ('x'):rep(16777217)",
            "string.rep: the result would be longer than 16777216 bytes",
        ),
        (
            "local s = ('x'):rep('16777217')",
            "string.rep: the result would be longer than 16777216 bytes",
        ),
        (
            "local s = string.rep('x', 9000000, 'y')",
            "string.rep: the result would be longer than 16777216 bytes",
        ),
        (
            "local b = ('x'):rep(1 << 20)\nlocal t = {}\nfor i = 1, 17 do t[i] = b end\ntable.concat(t)",
            "table.concat: the result would be longer than 16777216 bytes",
        ),
        (
            "table.concat({ 'a', 'b', 'c' }, ('x'):rep(1 << 23))",
            "table.concat: the result would be longer than 16777216 bytes",
        ),
        (
            "table.move({}, 1, 1 << 40, 2)",
            "table.move: more than 1000000 items at once",
        ),
    ] {
        let line = 1 + body.lines().count();
        assert_eq!(
            fault(body),
            format!("scripts/one.lua:{line}: {words}"),
            "{body}"
        );
    }
}

#[test]
fn the_guarded_functions_do_as_in_lua() {
    let body = "say(string.rep('ab', 3, '-')) say(string.rep(7, 2)) say(('x'):rep('3')) say(('x'):rep(0)) say(('x'):rep(-1))
        say(string.rep('', 1 << 40)) say(table.concat({ 1, 'b', 2.5 }, ', ')) say(table.concat({ 1, 2, 3 }, '', 2, 3))
        say(table.concat({}, 'x')) say(table.concat(table.move({ 1, 2, 3 }, 2, 3, 1), ' '))
        local t = { 3, 1, 2 } table.sort(t) say(t) table.sort(t, function(a, b) return a > b end) say(t)
        say(table.concat({ 'a', 'b' }, 5)) say(#table.move({ 1, 2 }, 1, 2, 1, {}))
        say({ pcall(error) }) say(select('#', pcall(error, nil)))";
    let expected = json!([
        "ab-ab-ab",
        "77",
        "xxx",
        "",
        "",
        "",
        "1, b, 2.5",
        "23",
        "",
        "2 3 3",
        [1, 2, 3],
        [3, 2, 1],
        "a5b",
        2,
        [false],
        2
    ]);
    assert_eq!(json!(said(body)), expected);
    for (body, words) in [
        (
            "string.rep()",
            "bad argument #1 to 'rep' (string expected, got no value)",
        ),
        (
            "string.rep({}, 2)",
            "bad argument #1 to 'rep' (string expected, got table)",
        ),
        (
            "string.rep('x', {})",
            "bad argument #2 to 'rep' (number expected, got table)",
        ),
        (
            "table.concat(nil)",
            "bad argument #1 to 'concat' (table expected, got nil)",
        ),
        (
            "table.concat({ 1, {} })",
            "invalid value (table) at index 2 in table for 'concat'",
        ),
        (
            "table.sort(5)",
            "bad argument #1 to 'sort' (table expected, got number)",
        ),
        (
            "table.sort({ 1, {} })",
            "attempt to compare table with number",
        ),
        (
            "table.sort({ 2, 1 }, 5)",
            "bad argument #2 to 'sort' (function expected, got number)",
        ),
        (
            "setmetatable(5, {})",
            "bad argument #1 to 'setmetatable' (table expected, got number)",
        ),
    ] {
        let fault = fault(body);
        assert!(fault.starts_with("scripts/one.lua:2: "), "{body}: {fault}");
        assert!(
            fault.contains(words) || fault.contains("attempt to compare number with table"),
            "{body}: {fault}"
        );
        assert!(!fault.contains("sandbox"), "{body}: {fault}");
    }
}

#[test]
fn errors_of_the_host_are_plain_strings_in_a_script() {
    let body = "
        local ok, e = pcall(http.get, 'no slash') say({ ok, e })
        ok, e = pcall(function() random.int('x', 1) end) say({ ok, e })
        ok, e = xpcall(function() random.int('x', 1) end, function(e) return 'handled ' .. e end) say({ ok, e })
        ok, e = pcall(error, { code = 5 }) say({ ok, e.code })
        ok, e = xpcall(error, function(e) return e end, { code = 6 }) say({ ok, e.code })
        ok, e = pcall(error, 'plain', 0) say({ ok, e })";
    let said = said(body);
    let place = "scripts/one.lua:";
    let words = |at: usize| said[at][1].as_str().unwrap().to_owned();
    assert!(
        words(0).starts_with(place)
            && words(0)
                .ends_with(": http.get: the path \"no slash\" must begin with / or be a full URL"),
        "{}",
        words(0)
    );
    assert_eq!(
        words(1),
        "scripts/one.lua:4: random.int: lo is a string, an integer was expected"
    );
    assert_eq!(
        words(2),
        "handled scripts/one.lua:5: random.int: lo is a string, an integer was expected"
    );
    assert_eq!(
        json!(said[3..]),
        json!([[false, 5], [false, 6], [false, "plain"]])
    );
}

#[test]
fn vars_and_the_crowd_are_read_only() {
    assert_eq!(
        said(
            "say(vars.KEY) say(vars.OTHER == nil) local n = 0 for k, v in pairs(vars) do n = n + 1 say(k .. v) end"
        ),
        [json!("value"), json!(true), json!("KEYvalue")]
    );
    assert_eq!(
        fault("vars.KEY = 'x'"),
        "scripts/one.lua:2: vars.KEY: vars is read-only"
    );
    assert_eq!(
        fault("vars.NEW = 'x'"),
        "scripts/one.lua:2: vars.NEW: vars is read-only"
    );
}
