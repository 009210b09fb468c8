//! `throng check` reads the tests beside scripts and the file of `--mock`, as it reads scripts.

use crate::support::program::{Ended, throng};
use crate::support::scripts::Folder;

const VISITOR: &str = "return { step = function() http.get '/page' end }";

fn check(folder: &Folder, words: &[&str]) -> Ended {
    throng(["check", "--script-dir", "scripts"])
        .arg("--lib-dir")
        .arg("lib")
        .args(words)
        .within(folder.root())
        .end()
}

/// What is said of a test file with this text.
fn of_test(text: &str) -> String {
    let folder = Folder::of("visitor", VISITOR)
        .file("scripts/visitor_test.lua", text)
        .lib("m.lua", "return {}");
    check(&folder, &[]).stdout
}

/// What is said of a mock file with this text.
fn of_mock(text: &str) -> Ended {
    let folder = Folder::of("visitor", VISITOR)
        .file("mock.lua", text)
        .lib("m.lua", "return {}");
    check(&folder, &["--mock", "mock.lua"])
}

#[test]
fn faults_of_tests_have_their_place_and_what_was_meant() {
    for (line, words) in [
        ("itt('x', f)", "2:1: error: 'itt' is not defined"),
        ("itt('x', f)", "did you mean it? [undefined-global]"),
        (
            "mock.demoo()",
            "2:6: error: mock has no 'demoo'; there are: demo; did you mean demo? [unknown-name]",
        ),
        (
            "expect(1):toBe(2)",
            "2:11: error: expectation has no method 'toBe'",
        ),
        (
            "expect(1).never.to_bee(2)",
            "did you mean to_be? [unknown-name]",
        ),
        (
            "clock.advanec '2h'",
            "2:7: error: clock has no 'advanec'; there are: advance, now; did you mean advance?",
        ),
        (
            "throng.user('visitor', { sed = 1 })",
            "2:26: error: throng.user: options has the unknown key 'sed'",
        ),
        (
            "throng.user('visitor', { seed = 'x' })",
            "throng.user: options.seed is a string, integer was expected [wrong-type]",
        ),
        (
            "throng.user('visitor'):stp 'go'",
            "error: user has no method 'stp'",
        ),
        (
            "print(throng.user('visitor').requests[1].stauts)",
            "2:42: warning: request has no field 'stauts'; there are: method,",
        ),
        (
            "print(throng.user('visitor').checks['a'].passt)",
            "warning: check has no field 'passt'; there are: passed, failed; did you mean passed?",
        ),
        (
            "local user = throng.user 'visitor' user.step()",
            "error: user.step is a method",
        ),
        (
            "mock { ['GTE /'] = 200 }",
            "2:9: error: the route \"GTE /\": 'GTE' is not a method; there are",
        ),
        (
            "mock { ['GET /'] = { stauts = 200 } }",
            "2:22: error: the route \"GET /\" has the unknown key 'stauts'",
        ),
        (
            "mock { ['GET /'] = function(req) return { body = req.methd } end }",
            "2:54: warning: req has no field 'methd'",
        ),
        (
            "mock { { route = 'GET /', satus = 200 } }",
            "2:27: error: the route has the unknown key 'satus'",
        ),
        (
            "http.get '/page'",
            "2:1: error: 'http' is not defined here: it belongs to users; tests and mocks send nothing themselves",
        ),
        (
            "total = 1",
            "error: assignment to the global 'total': write 'local total' [assigned-global]",
        ),
        (
            "require 'n'",
            "2:9: warning: there is no module 'n': neither in the lib folder",
        ),
        (
            "local spare = 1",
            "2:7: warning: the local 'spare' is never read",
        ),
        ("local = 1", "2: error: "),
    ] {
        let said = of_test(&format!("require 'm'\n{line}\n"));
        assert!(
            said.contains(&format!("scripts/visitor_test.lua:{words}")) || said.contains(words),
            "{line}: {said}"
        );
        assert!(
            said.contains("scripts/visitor_test.lua:2"),
            "{line}: {said}"
        );
    }
}

#[test]
fn a_test_without_faults_has_none() {
    let said = of_test(
        r#"
        local m = require "m"
        describe("visitor", function()
          local user
          before_each(function()
            mock { latency = { p50 = "8ms" }, ["GET /page"] = function(req) return { json = req.query } end, ["*"] = 404 }
            user = throng.user("visitor", { seed = 1, vars = { A = "x" } })
          end)
          after_each(function() user:stop() end)
          it("looks", function()
            user:run { requests = 3 }
            expect(user.requests[1].answer.json.page).never.to_be_nil()
            expect(#user.requests):to_be_at_least(1)
            for name, check in pairs(user.checks) do log.info(name, { passed = check.passed }) end
            expect(m).to_equal({})
            clock.advance(5)
          end)
          it "is still to be written"
        end)
        "#,
    );
    assert_eq!(said, "no fault in 3 files\n");
}

#[test]
fn faults_of_a_mock_have_their_place_and_what_was_meant() {
    for (text, words) in [
        (
            "return { ['GET /users/{id'] = 200 }",
            "mock.lua:1:11: error: the route \"GET /users/{id\": '{id' has no closing brace",
        ),
        (
            "return { ['GET /'] = { stauts = 200 } }",
            "mock.lua:1:24: error: the route \"GET /\" has the unknown key 'stauts'",
        ),
        (
            "local f = function(req)\n  return { status = req.nmuber }\nend\nreturn { ['GET /'] = f }",
            "",
        ),
        (
            "local function f(req)\n  return { status = req.nmuber }\nend\nreturn { ['GET /'] = f }",
            "mock.lua:2:25: warning: req has no field 'nmuber'",
        ),
        (
            "return function(req) return { json = req.jsn } end",
            "mock.lua:1:42: warning: req has no field 'jsn'",
        ),
        (
            "return { ['*'] = function() http.get '/' end }",
            "mock.lua:1:29: error: 'http' is not defined here: it belongs to users",
        ),
        (
            "describe('x', function() end)\nreturn {}",
            "mock.lua:1:1: error: 'describe' is not defined",
        ),
        (
            "return { latency = { p5 = 1 }, ['*'] = 200 }",
            "mock.lua:1:22: error: latency has the unknown key 'p5'",
        ),
        ("return 7", "mock.lua: error: returns a number"),
        ("return {", "mock.lua:1: error: "),
    ] {
        let ended = of_mock(text);
        assert!(
            ended.stdout.contains(words),
            "{text}: {}{}",
            ended.stdout,
            ended.stderr
        );
        let expected = if words.contains("error") { 3 } else { 0 };
        assert_eq!(ended.code, Some(expected), "{text}: {}", ended.stdout);
    }
    assert_eq!(
        of_mock("return { ['GET /page'] = 200 }").stdout,
        "no fault in 3 files\n"
    );
}

#[test]
fn a_mock_that_cannot_be_read_is_a_mistake_of_the_command_line() {
    let folder = Folder::of("visitor", VISITOR);
    for command in ["run", "check", "try"] {
        let mut words = vec![command];
        if command == "try" {
            words.push("visitor");
        }
        words.extend(["--script-dir", "scripts", "--mock", "nope.lua"]);
        let ended = throng(words).within(folder.root()).end().with_code(2);
        assert!(
            ended.stderr.contains("--mock nope.lua: "),
            "{command}: {}",
            ended.stderr
        );
        assert!(
            ended
                .stderr
                .contains("takes a Lua file that returns a table of routes"),
            "{command}: {}",
            ended.stderr
        );
    }
    // What is wrong in one that can be read is a fault of a script.
    let folder = folder.file("mock.lua", "return 7");
    let words = ["run", "--script-dir", "scripts", "--mock", "mock.lua"];
    throng(words).within(folder.root()).end().with_code(3);
}

#[test]
fn what_a_call_and_its_path_say_together_is_checked() {
    for (call, words) in [
        (
            "http.get('/a', { expect = '404' })",
            "warning: http.get: opts.expect is the string \"404\": write the number 404, or the class \"4xx\"",
        ),
        (
            "http.get('/a', { expect = { 200, '4x' } })",
            "opts.expect[2] is \"4x\", which is not a status",
        ),
        ("http.get('/a', { expect = { 200, '4xx' } })", ""),
        (
            "http.get('/a/{id}')",
            "warning: http.get has {id} in its path and no params.id: write params = { id = ... }",
        ),
        (
            "http.get('/a/{id}', { params = { ids = 7 } })",
            "http.get has {id} in its path",
        ),
        (
            "http.request('GET', '/a/{id}')",
            "http.request has {id} in its path",
        ),
        ("http.get('/a/{id}', { params = { id = 7 } })", ""),
        ("http.get('/a/{id}', { params = vars })", ""),
        ("local opts = {} http.get('/a/{id}', opts)", ""),
    ] {
        let folder = Folder::step(call).lib("m.lua", "return {}");
        let said = check(&folder, &[]).with_code(0).stdout;
        match words {
            "" => assert_eq!(said, "no fault in 2 files\n", "{call}"),
            words => assert!(said.contains(words), "{call}: {said}"),
        }
    }
}
