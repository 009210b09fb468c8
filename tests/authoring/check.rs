//! `throng check` by the real program; what is no fault; what a run and a reload reject.

use serde_json::Value;
use throng::script::lint;

use crate::support::program::{Ended, run, throng};
use crate::support::scripts::Folder;
use crate::support::target::{Answer, Target};

const MISSPELT: &str =
    "return { step = function()\n  local res = http.get '/page'\n  log.inof(res.status)\nend }";
const UNUSED: &str = "local spare = 1\nreturn { step = function() http.get '/page' end }";

fn check(folder: &Folder, words: &[&str]) -> Ended {
    throng(["check", "--script-dir"])
        .arg(folder.path())
        .args(words)
        .end()
}

#[test]
fn errors_exit_with_3_and_warnings_only_where_they_are_denied() {
    let fine = Folder::one("return { step = function() http.get '/page' end }");
    for words in [&[][..], &["--deny-warnings"]] {
        let ended = check(&fine, words).with_code(0);
        assert_eq!(ended.stdout, "no fault in 1 file\n");
    }
    let unused = Folder::one(UNUSED);
    let said = "scripts/one.lua:1:7: warning: the local 'spare' is never read; delete it, or name it \
                _spare [unused-local]\n1 warning in 1 file\n";
    assert_eq!(check(&unused, &[]).with_code(0).stdout, said);
    assert_eq!(
        check(&unused, &["--deny-warnings"]).with_code(3).stdout,
        said
    );
    let both = Folder::one(MISSPELT).script("two.lua", UNUSED);
    let ended = check(&both, &[]).with_code(3);
    let error = "scripts/one.lua:3:7: error: log has no 'inof'; there are: debug, error, info, \
                 warn; did you mean info? [unknown-name]\n";
    assert!(ended.stdout.starts_with(error), "{}", ended.stdout);
    assert!(
        ended.stdout.ends_with("\n1 error, 1 warning in 2 files\n"),
        "{}",
        ended.stdout
    );
}

#[test]
fn what_loading_finds_is_said_too_and_once() {
    let folder = Folder::one("return { wieght = 1, weight = 0, step = 1 }")
        .script("two.lua", "return { step = function( end }")
        .script(
            "three.lua",
            "local a = nowhere\nreturn { step = function() http.get(a) end }",
        );
    let ended = check(&folder, &["--json"]).with_code(3);
    let all: Value = serde_json::from_str(&ended.stdout).unwrap();
    let findings = all["findings"].as_array().unwrap();
    let lines: Vec<String> = findings
        .iter()
        .map(|one| {
            format!(
                "{}:{}:{} {}",
                one["path"], one["line"], one["column"], one["rule"]
            )
        })
        .collect();
    assert_eq!(
        lines,
        [
            "\"scripts/one.lua\":1:10 \"unknown-option\"",
            "\"scripts/one.lua\":1:31 null",
            "\"scripts/one.lua\":1:41 null",
            "\"scripts/three.lua\":1:11 \"undefined-global\"",
            "\"scripts/two.lua\":1:null null",
        ],
        "{}",
        ended.stdout
    );
    // A run names them at the same places.
    let ended = run("http://127.0.0.1:1", &folder.path(), &[])
        .end()
        .with_code(3);
    for place in [
        "one.lua:1:10: ",
        "one.lua:1:31: weight is 0",
        "one.lua:1:41: step is 1",
    ] {
        assert!(ended.stderr.contains(place), "{place}: {}", ended.stderr);
    }
    assert_eq!(
        (&all["errors"], &all["warnings"], &all["files"]),
        (&5.into(), &0.into(), &2.into())
    );
}

#[test]
fn a_folder_that_cannot_be_read_and_a_faulty_plan_are_said() {
    let ended = throng(["check", "--script-dir", "nowhere"])
        .end()
        .with_code(3);
    assert!(
        ended
            .stdout
            .contains("nowhere: error: cannot be read as a folder"),
        "{}",
        ended.stdout
    );
    let folder = Folder::one(UNUSED).script("throng.toml", "usres = 3");
    let ended = check(&folder, &[]).with_code(2);
    assert!(ended.stderr.contains("usres"), "{}", ended.stderr);
}

#[test]
fn a_run_rejects_what_only_runs_would_show_and_sends_nothing() {
    let target = Target::new(|_| Answer::Status(200, "{}".to_owned()));
    let folder = Folder::one(MISSPELT);
    let ended = run(&target.url(), &folder.path(), &["--users", "1"])
        .end()
        .with_code(3);
    assert!(
        ended
            .stderr
            .contains("scripts/one.lua:3:7: log has no 'inof'"),
        "{}",
        ended.stderr
    );
    assert_eq!(target.count(), 0);
    // What is only a warning is none of a run's business.
    let folder = Folder::one(UNUSED);
    let ended = run(
        &target.url(),
        &folder.path(),
        &["--users", "1", "--max-requests", "1"],
    );
    let ended = ended
        .args(&["--min-requests", "1"])
        .fast()
        .end()
        .with_code(0);
    assert!(!ended.stderr.contains("spare"), "{}", ended.stderr);
}

#[test]
fn a_reload_rejects_it_too() {
    let target = Target::new(|_| Answer::Status(200, "{}".to_owned()));
    let folder = Folder::one("return { think = 0.05, step = function() http.get '/page' end }");
    let words = ["--users", "1", "--duration", "60"];
    let running = run(&target.url(), &folder.path(), &words).fast().start();
    running.wait_for("run ");
    folder.write("scripts/one.lua", MISSPELT);
    let line = running.wait_for("log has no 'inof'");
    assert!(line.contains("scripts/one.lua:3:7"), "{line}");
    running.signal("INT");
    running.end().with_code(0);
}

/// What a type with this text is warned about or rejected for.
fn findings(text: impl AsRef<[u8]>) -> Vec<String> {
    let folder = Folder::one("")
        .script("one.lua", text)
        .lib("shop.lua", "return { buy = print }");
    let linted = lint::own(&folder.bundle());
    assert!(linted.left_out.is_empty(), "{:?}", linted.left_out);
    linted.findings.iter().map(ToString::to_string).collect()
}

#[test]
fn what_may_be_meant_is_no_finding() {
    for text in [
        // A step whose calls are not known.
        "local shop = require 'shop'\nreturn { steps = { shop.buy, { 2, function() shop.buy() end } } }",
        "local act\nfunction act(user) http.get('/' .. user.id) end\nreturn { step = act }",
        "local acts = { http.get }\nreturn { step = function() acts[1]('/') end }",
        "local function get() return http.get '/' end\nreturn { step = function() pcall(get) end }",
        "local get = http.get\nreturn { step = function() get '/' end }",
        "return { step = function() parallel { function() http.get '/' end } end }",
        "return { step = function() journey('j', function() http.get '/' end) end }",
        // Names of one's own.
        "local json = { decode = print }\nreturn { step = function() json.decoed = 1; http.get '/' end }",
        "return { step = function() local log = http.get '/'; http.get(log.url) end }",
        "return { step = function() local res = http.get '/'; res.seen = true; http.get(res.seen) end }",
        "return { step = function() local res = http.get '/'; res = { x = 1 }; http.get(res.x) end }",
        "return { step = function(user) user.state.anything = 1; http.get '/' end }",
        "local function f(_, b) return b end\nreturn { step = function() http.get(f(1, '/')) end }",
        "local _spare = 1\nreturn { step = function() http.get '/' end }",
        "local a, b = 1, '/'\nreturn { step = function() http.get(b) end }",
        "local print = print\nreturn { step = function() print(1); http.get '/' end }",
        // Tables that only a run knows.
        "local key = 'expect'\nreturn { step = function() http.get('/', { [key] = 404 }) end }",
        "local opts = { anything = 1 }\nreturn { step = function() http.get('/', opts) end }",
        "return { step = function(...) http.get(...) end }",
        // Literals that are taken.
        "return { requests = 5, think = { 1, 2 }, step = function() http.get('/', { expect = { 200, '4xx' } }) end }",
        "return { step = function() http.get('/', { retry = { 2, on = 500 }, redirects = false }) end }",
        "return { step = function() http.get('/', { timeout = -(-5), headers = { A = false } }) end }",
        "return { step = function() http.post('/', { multipart = { tag = { 'a', 'b' } } }) end }",
        "return { step = function() random.sentence(nil, 'pt_BR'); http.get '/' end }",
        "auth.setup { login = { path = '/', fields = { 'a' }, token = '/t' } }\n\
         return { step = function() auth.login { a = 1 } end }",
        "if crowd then print(crowd.room) end\nreturn { step = function() http.get(vars.path or '/') end }",
        // All that Lua 5.4 has.
        "local x <const> = 1 // 1 << 2 ~ 3\nlocal c <close> = nil\ngoto out\n::out::\n\
         return { step = function() for _ = 1, x do http.get '/' end end }",
        "local i = 0\nrepeat local done = i > 2; i = i + 1 until done\nreturn { step = function() http.get '/' end }",
        "local _ENV = { print = print, http = http }\nx = 1\nreturn { step = function() http.get(x) end }",
        // Turned off.
        "local spare = 1 -- throng: allow(unused-local)\nreturn { step = function() http.get '/' end }",
        "-- throng: allow(sends-nothing, unused-local)\nreturn { step = function() end }",
    ] {
        assert_eq!(findings(text), [] as [&str; 0], "{text}");
    }
}

#[test]
fn faults_are_found_wherever_they_are() {
    for (text, said) in [
        (
            "local f = function() return nope end\nreturn { step = f }",
            "1:29: error: 'nope'",
        ),
        (
            "return { step = function() http.get('/', { expect = { 200, true } }) end }",
            "1:60: warning",
        ),
        (
            "return { step = function() auth.login({}, { parms = {} }) end }",
            "did you mean params?",
        ),
        (
            "return { step = function() http.get('/', { retry = { tmes = 2 } }) end }",
            "did you mean times?",
        ),
        (
            "return { steps = { { 1, function() http.get '/' end, naem = 'x' } } }",
            "did you mean name?",
        ),
        (
            "return { steps = { { 'much', function() http.get '/' end } } }",
            "[sends-nothing]",
        ),
        (
            "return { step = function(user) http.get(user.idd) end }",
            "user has no field 'idd'",
        ),
        (
            "return { on_stop = function(u) print(u.sesion) end, step = print }",
            "did you mean session?",
        ),
        (
            "-- throng: allow(undefined-global)\nreturn { step = function() nope() end }",
            "'nope'",
        ),
        (
            "return { step = function() local t = {}; for nope = 1, nop do t[nope] = 1 end http.get '/' end }",
            "'nop'",
        ),
        (
            "local x\nx = 1\nreturn { step = function() http.get '/' end }",
            "'x' is set and never read",
        ),
    ] {
        let found = findings(text);
        if said == "[sends-nothing]" {
            assert!(
                !found.iter().any(|one| one.contains(said)),
                "{text}: {found:#?}"
            );
        } else {
            assert!(
                found.iter().any(|one| one.contains(said)),
                "{text}: {said} is not in {found:#?}"
            );
        }
    }
}

#[test]
fn odd_sources_are_read() {
    const FINE: &str = "return { step = function() http.get '/' end }";
    for text in [
        format!("\u{feff}{FINE}").into_bytes(),
        format!("#!/usr/bin/env lua\n{FINE}").into_bytes(),
        FINE.replace(' ', "\r\n").into_bytes(),
        [b"local a = '\xff\xfe' print(a) ", FINE.as_bytes()].concat(),
        // As long as a sum may be: the tree is as deep.
        format!("local n = 1{} print(n) {FINE}", "+1".repeat(100_000)).into_bytes(),
        format!("print({}1{}) {FINE}", "(".repeat(150), ")".repeat(150)).into_bytes(),
        format!("local s = ''{} print(s) {FINE}", "..'a'".repeat(150)).into_bytes(),
    ] {
        let start = String::from_utf8_lossy(&text[..text.len().min(40)]).into_owned();
        assert_eq!(findings(&text), [] as [&str; 0], "{start}");
    }
    let long = format!("local s = [[{}]] print(s) {FINE}", "a".repeat(2 << 20));
    let linted = lint::own(&Folder::one(&long).bundle());
    assert_eq!(linted.left_out, ["scripts/one.lua"]);
}

#[test]
fn the_names_of_lua_are_those_of_the_sandbox() {
    use mlua::{Lua, LuaOptions, StdLib, Table, Value};
    let libraries =
        StdLib::COROUTINE | StdLib::TABLE | StdLib::STRING | StdLib::UTF8 | StdLib::MATH;
    let lua = Lua::new_with(libraries, LuaOptions::default()).unwrap();
    let names = |table: &Table| {
        let pairs = table.pairs::<String, Value>().map(|pair| pair.unwrap().0);
        let mut names: Vec<String> = pairs.collect();
        names.sort();
        names
    };
    let removed = [
        "collectgarbage",
        "dofile",
        "dump",
        "load",
        "loadfile",
        "package",
        "debug",
    ];
    let known = |names: &[&str]| {
        let mut names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        names.sort();
        names
    };
    for (table, listed) in lint::LUA_TABLES {
        let mut there = names(&lua.globals().get(table).unwrap());
        there.retain(|name| !removed.contains(&name.as_str()));
        assert_eq!(known(listed), there, "{table}");
    }
    let mut there = names(&lua.globals());
    there.retain(|name| {
        let is_table = lint::LUA_TABLES.iter().any(|(table, _)| table == name);
        let is_ours = matches!(name.as_str(), "print" | "require");
        !is_table && !is_ours && !removed.contains(&name.as_str())
    });
    assert_eq!(known(&lint::LUA_FUNCTIONS), there);
    // And each of them is in a script's VM.
    let asked = |owner: &str, names: &[&str]| {
        let lines = names
            .iter()
            .map(|name| format!("assert({owner}{name} ~= nil, '{name}')\n"));
        lines.collect::<String>()
    };
    let mut script = asked("", &lint::LUA_FUNCTIONS);
    for (table, listed) in lint::LUA_TABLES {
        script += &asked(&format!("{table}."), listed);
    }
    let folder = Folder::one(&format!(
        "{script}return {{ step = function() http.get '/' end }}"
    ));
    let checked = folder.check();
    assert!(checked.is_ok(), "{:?}", checked.err());
}

/// A program in place of emmylua_check, which takes minutes to build; `tests/door/types` asks the real one.
fn with_language_server(script: &str) -> (tempfile::TempDir, String) {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("emmylua_check");
    std::fs::write(&file, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!(
        "{}:{}",
        folder.path().display(),
        std::env::var("PATH").unwrap()
    );
    (folder, path)
}

#[test]
fn what_a_language_server_finds_is_a_warning() {
    let folder = Folder::one("return { step = function() http.get '/page' think('soon') end }");
    // What emmylua_check 0.25 writes to the file behind --output, for the script folder behind it.
    let report = r#"
        grep -q 'class Response' "$(dirname "$2")/types/throng.lua" || exit 1
        printf '[{"file":"%s/one.lua","diagnostics":[
          {"code":"param-type-mismatch","message":"expected `number` but found `\"soon\"`. ","severity":2,
           "range":{"start":{"line":0,"character":50},"end":{"line":0,"character":56}}},
          {"code":"unused","message":"x is never used","severity":4,
           "range":{"start":{"line":0,"character":1},"end":{"line":0,"character":2}}}]}]' "$7" >"$6""#;
    let (_place, path) = with_language_server(report);
    let checked = throng(["check", "--script-dir"])
        .arg(folder.path())
        .variable("PATH", &path)
        .end()
        .with_code(0);
    // throng finds it too, at the same line: it is told once.
    assert_eq!(checked.stdout.lines().count(), 2, "{}", checked.stdout);
    assert!(
        checked.stdout.contains("[wrong-type]"),
        "{}",
        checked.stdout
    );

    let folder = Folder::one(
        "local function later(span) think(span) end\nreturn { step = function() http.get '/page'\nlater('soon') end }",
    );
    let report = report.replace("\"line\":0", "\"line\":2");
    let (_place, path) = with_language_server(&report);
    let checked = throng(["check", "--deny-warnings", "--script-dir"])
        .arg(folder.path())
        .variable("PATH", &path)
        .end()
        .with_code(3);
    let said = "scripts/one.lua:3:51: warning: expected `number` but found `\"soon\"`. [emmylua param-type-mismatch]\n\
                1 warning in 1 file\n";
    assert_eq!(checked.stdout, said);
}

#[test]
fn a_language_server_that_fails_is_told_and_is_no_fault() {
    let folder = Folder::one("return { step = function() http.get '/page' end }");
    for (script, why) in [
        ("exit 2", "emmylua_check wrote no report"),
        (
            "echo nonsense >\"$6\"",
            "emmylua_check wrote a report of another form",
        ),
    ] {
        let (_place, path) = with_language_server(script);
        let checked = throng(["check", "--script-dir"])
            .arg(folder.path())
            .variable("PATH", &path)
            .end()
            .with_code(0);
        assert!(checked.stderr.contains(why), "{}", checked.stderr);
        assert_eq!(checked.stdout, "no fault in 1 file\n");
    }
}
