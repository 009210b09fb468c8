//! The top level of scripts and modules: what goes wrong there, and when it ends.

use std::time::{Duration, Instant};

use super::support::Folder;

const REST: &str = "\nreturn { step = function() end }";

fn fault(top: &str) -> String {
    Folder::one(&format!("{top}{REST}")).fault()
}

#[test]
fn a_syntax_error_has_its_line() {
    assert_eq!(
        fault("local x = 1\nif x then"),
        "scripts/one.lua:3: 'end' expected (to close 'if' at line 2) near <eof>"
    );
}

#[test]
fn a_file_with_a_byte_order_mark_is_read() {
    let text = format!("\u{feff}local x = 1{REST}");
    assert_eq!(Folder::one(&text).check().unwrap().len(), 1);
    let wrong = format!("\u{feff}local x = = 1{REST}");
    assert_eq!(
        Folder::one(&wrong).fault(),
        "scripts/one.lua:1: unexpected symbol near '='"
    );
}

/// As Lua's own loader has it, also behind a byte order mark.
#[test]
fn a_first_line_that_begins_with_a_number_sign_is_skipped() {
    for first in [
        "#!/usr/bin/env lua",
        "#",
        "# require 'nothing'",
        "\u{feff}#!/usr/bin/lua -i",
    ] {
        let text = format!("{first}\nrequire 'hi'{REST}");
        let folder = || {
            Folder::one(&text)
                .lib("hi.lua", "#!/usr/bin/lua\nreturn 1")
                .script(
                    "_crowd.lua",
                    "#!crowd\nreturn { setup = function() return { a = 1 } end }",
                )
        };
        assert_eq!(folder().check().unwrap().len(), 1, "{first}");
        let wrong = folder().script("one.lua", format!("{first}\n\nlocal x = = 1{REST}"));
        assert_eq!(
            wrong.fault(),
            "scripts/one.lua:3: unexpected symbol near '='",
            "{first}"
        );
        let wrong = folder().lib("hi.lua", format!("{first}\nerror('here')"));
        assert_eq!(wrong.fault(), "lib/hi.lua:2: here", "{first}");
    }
    assert_eq!(
        Folder::one(&format!("\n#!/usr/bin/lua{REST}")).fault(),
        "scripts/one.lua:2: unexpected symbol near '#'"
    );
}

#[test]
fn an_error_at_the_top_level_has_its_line_and_a_traceback_of_scripts_only() {
    let folder = Folder::one(&format!(
        "local deep = require 'deep'\nlocal x = deep.dig(nil){REST}"
    ))
    .lib(
        "deep.lua",
        "local function down(x)\n  return x.y\nend\nreturn { dig = function(x)\n  \
                          local y = down(x)\n  return y\nend }",
    );
    let faults = folder.check().unwrap_err();
    assert_eq!(
        faults[0].to_string(),
        "lib/deep.lua:2: attempt to index a nil value (local 'x')"
    );
    assert_eq!(
        faults[0].traceback,
        [
            "lib/deep.lua:2: in function 'down'",
            "lib/deep.lua:5: in function 'dig'",
            "scripts/one.lua:2: in main chunk",
        ]
    );
}

#[test]
fn an_error_in_a_module_names_the_module() {
    let folder = Folder::one(&format!("local deep = require 'deep'{REST}"))
        .lib("deep.lua", "\nerror('broken')");
    let faults = folder.check().unwrap_err();
    assert_eq!(faults[0].to_string(), "lib/deep.lua:2: broken");
    assert_eq!(
        faults[0].traceback,
        [
            "lib/deep.lua:2: in main chunk",
            "scripts/one.lua:1: in main chunk"
        ]
    );
}

#[test]
fn a_missing_module_is_named_with_those_there_are() {
    let folder = Folder::one(&format!("local x = require 'acounts'{REST}"))
        .lib("accounts.lua", "return {}")
        .lib("zebra.lua", "return {}");
    let missing = folder.fault();
    let start = "scripts/one.lua:1: module 'acounts' is neither in the lib folder (accounts, zebra) \
                 nor built in (";
    assert!(missing.starts_with(start), "{missing}");
    assert!(missing.ends_with("; did you mean accounts?"), "{missing}");
    assert!(fault("require(5 .. {})").contains("attempt to concatenate a table value"));
    assert_eq!(
        fault("require {}"),
        "scripts/one.lua:1: require: name is a table, a string was expected"
    );
}

#[test]
fn a_circle_of_modules_prints_its_path() {
    let folder = Folder::one(&format!("local x = require 'a'{REST}"))
        .lib("a.lua", "local b = require 'b'\nreturn {}")
        .lib("b.lua", "local c = require 'c'\nreturn {}")
        .lib("c.lua", "local a = require 'a'\nreturn {}");
    assert_eq!(
        folder.fault(),
        "lib/c.lua:1: modules require each other in a cycle: a -> b -> c -> a"
    );
}

#[test]
fn a_module_runs_once_and_gives_the_same_value() {
    let top = "assert(require('once') == require('once'))\nassert(require('nothing') == true)";
    let folder = Folder::one(&format!("{top}{REST}"))
        .lib("once.lua", "return {}")
        .lib("nothing.lua", "");
    assert!(folder.check().is_ok());
    let again = "local ok = pcall(require, 'bad')\nassert(not ok)\nrequire 'bad'";
    let folder = Folder::one(&format!("{again}{REST}")).lib("bad.lua", "error('again')");
    assert_eq!(folder.fault(), "lib/bad.lua:1: again");
}

#[test]
fn bytecode_is_refused() {
    let lua = mlua::Lua::new();
    let code = lua.load("return {}").into_function().unwrap().dump(true);
    let fault = Folder::new().script("one.lua", code).fault();
    assert!(fault.starts_with("scripts/one.lua: "), "{fault}");
    assert!(fault.contains("attempt to load a binary chunk"), "{fault}");
}

#[test]
fn the_network_is_not_there_while_a_file_loads() {
    for call in [
        "http.get",
        "http.request",
        "auth.login",
        "think",
        "parallel",
    ] {
        let arguments = match call {
            "http.get" => "'/x'",
            "http.request" => "'GET', '/x'",
            "think" => "1",
            _ => "{}",
        };
        assert_eq!(
            fault(&format!("\n{call}({arguments})")),
            format!(
                "scripts/one.lua:2: {call} can be called only while a user runs (in on_start, a \
                 step or on_stop), not when the file loads"
            )
        );
    }
    assert_eq!(
        fault("random.int(1, 2)"),
        "scripts/one.lua:1: random.int can be called only while a user runs (in a step, on_start \
         or on_stop), not when the module loads"
    );
}

#[test]
fn loading_without_an_end_ends() {
    for top in [
        "while true do end",
        "\n\nwhile true do pcall(function() while true do end end) end",
        "while true do xpcall(function() while true do end end, function(e) return e end) end",
        "while true do coroutine.wrap(function() while true do end end)() end",
        "while true do pcall(table.sort, { 1, 2, 3 }, function() while true do end end) end",
        "while true do pcall(string.gsub, 'x', '.', function() while true do end end) end",
        "setmetatable({}, { __index = function() while true do end end }).x()",
    ] {
        let began = Instant::now();
        let fault = fault(top);
        assert!(
            began.elapsed() < Duration::from_secs(8),
            "{top}: {:?}",
            began.elapsed()
        );
        assert!(fault.starts_with("scripts/one.lua:"), "{top}: {fault}");
        assert!(
            fault.ends_with(
                "loading it took more than 1000 ms; the top level of a file only defines things"
            ),
            "{top}: {fault}"
        );
    }
}

#[test]
fn a_gigabyte_at_the_top_level_is_refused() {
    let began = Instant::now();
    assert_eq!(
        fault("local s = ('x'):rep(1 << 30)"),
        "scripts/one.lua:1: string.rep: the result would be longer than 16777216 bytes"
    );
    assert_eq!(
        fault("local s = 'x'\nfor _ = 1, 40 do\n s = s .. s\nend"),
        "scripts/one.lua: not enough memory: the script's VM reached its limit"
    );
    assert!(began.elapsed() < Duration::from_secs(8));
}

#[test]
fn a_module_that_is_found_too_late_is_still_found() {
    let folder = Folder::one("return { step = function() say(require('late')) end }")
        .lib("late.lua", "return 'here'");
    crate::support::on_one_thread(async {
        let stage = super::support::Stage::new(&folder, super::support::nowhere());
        let end = stage.one().step(0).await;
        assert!(matches!(end, throng::script::CallEnd::Done), "{end:?}");
        assert_eq!(stage.said(), ["here"]);
    });
}
