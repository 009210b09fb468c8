//! Errors of a step: their words, their place and a traceback of scripts only.

use throng::script::CallEnd;

use super::support::{Folder, Stage, act, fault_of, nowhere};
use crate::support::on_one_thread;

#[test]
fn every_form_of_error_has_a_place_and_words() {
    for (body, words) in [
        ("error('x')", "x"),
        ("error('x', 0)", "x"),
        ("error('x', 2)", "x"),
        ("assert(false)", "assertion failed!"),
        ("assert(nil, 'no user')", "no user"),
        (
            "local a = nil + 1",
            "attempt to perform arithmetic on a nil value",
        ),
        ("error()", "an error without a message: nil"),
        ("error(nil)", "an error without a message: nil"),
        ("error(5)", "5"),
        ("error({})", "an error without a message: a table"),
        (
            "error(setmetatable({}, { __tostring = function() return 'mine' end }))",
            "mine",
        ),
        (
            "error(setmetatable({}, { __tostring = function() error('worse') end }))",
            "worse",
        ),
        (
            "error(function() end)",
            "an error without a message: a function",
        ),
        ("error(json.null)", "an error without a message: json.null"),
    ] {
        let act = on_one_thread(async { act(body, nowhere()).await });
        let fault = act.fault();
        assert_eq!(fault, format!("scripts/one.lua:2: {words}"), "{body}");
    }
}

#[test]
fn the_traceback_shows_frames_of_scripts_only() {
    let folder = Folder::one(
        "local helper = require 'helper'
local function inner()
  helper.fail()
end
return { step = function(user)
  pcall(inner)
  inner()
end }",
    )
    .lib(
        "helper.lua",
        "return { fail = function() random.int('x', 1) end }",
    );
    let end = on_one_thread(async { Stage::new(&folder, nowhere()).one().step(0).await });
    let fault = fault_of(&end);
    assert_eq!(
        fault.to_string(),
        "lib/helper.lua:1: random.int: lo is a string, an integer was expected"
    );
    assert_eq!(
        fault.traceback,
        [
            "lib/helper.lua:1: in function 'fail'",
            "scripts/one.lua:3: in function 'inner'",
            "scripts/one.lua:7: in function <scripts/one.lua:5>",
        ]
    );
}

#[test]
fn an_error_after_a_wait_has_its_traceback() {
    on_one_thread(async {
        let act = act(
            "local function go()\n  think(0)\n  error('late')\nend\ngo()",
            nowhere(),
        )
        .await;
        let fault = fault_of(&act.end);
        assert_eq!(fault.to_string(), "scripts/one.lua:4: late");
        assert_eq!(
            fault.traceback,
            [
                "scripts/one.lua:4: in function 'go'",
                "scripts/one.lua:6: in function <scripts/one.lua:1>"
            ]
        );
    });
}

#[test]
fn a_folder_with_a_blank_in_its_name_has_places_too() {
    let folder = Folder::new().file(
        "my scripts/one.lua",
        "return { step = function()\nerror('here')\nend }",
    );
    let place = throng::script::Place::Folder(folder.at("my scripts"));
    let bundle = std::sync::Arc::new(throng::script::Bundle::read(&place, None).unwrap());
    let end = on_one_thread(async { Stage::of(bundle, nowhere()).one().step(0).await });
    let fault = fault_of(&end);
    assert_eq!(
        (fault.place.as_str(), fault.message.as_str()),
        ("my scripts/one.lua:2", "here")
    );
    assert_eq!(
        fault.traceback,
        ["my scripts/one.lua:2: in function <my scripts/one.lua:1>"]
    );
}

#[test]
fn deep_recursion_is_an_error() {
    for body in [
        "local function f() return 1 + f() end f()",
        "local function f() return (pcall(f)) and 1 or error('deep') end f()",
        "local function f(s) return (s:gsub('.', f)) end f('x')",
        "local function f() return coroutine.wrap(f)() end f()",
        "local function f(a, b) table.sort({ 1, 2 }, f) return a < b end f(1, 2)",
        "local t = setmetatable({}, {}) getmetatable(t).__index = function(_, k) return t[k .. 'x'] end local _ = t.x",
        "local function f() parallel { f } end f()",
    ] {
        let act = on_one_thread(async { act(body, nowhere()).await });
        let fault = act.fault();
        assert!(fault.starts_with("scripts/one.lua:2: "), "{body}: {fault}");
        assert!(fault.len() < 400, "{body}: {fault}");
    }
}

#[test]
fn a_start_that_returns_false_declines() {
    for (returned, why) in [
        ("false, 'no account left'", Some("no account left")),
        ("false", None),
        ("false, 404", Some("404")),
    ] {
        let folder = Folder::one(&format!(
            "return {{ on_start = function() return {returned} end, step = function() end }}"
        ));
        let end = on_one_thread(async { Stage::new(&folder, nowhere()).one().start().await });
        assert!(
            matches!(&end, CallEnd::Declined(said) if said.as_deref() == why),
            "{end:?}"
        );
    }
}

#[test]
fn errors_in_start_and_stop_are_told() {
    let folder = Folder::one(
        "return { on_start = function() error('in start') end,\non_stop = function() error('in stop') end, step = function() end }",
    );
    on_one_thread(async {
        let stage = Stage::new(&folder, nowhere());
        let script_user = stage.one();
        assert_eq!(
            fault_of(&script_user.start().await).to_string(),
            "scripts/one.lua:1: in start"
        );
        assert_eq!(
            fault_of(&script_user.stop().await).to_string(),
            "scripts/one.lua:2: in stop"
        );
        assert!(matches!(script_user.step(0).await, CallEnd::Done));
    });
}
