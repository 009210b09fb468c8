//! `throng test`: what tests of scripts can see and say, and what becomes of those that fail or never end.

use std::fs;
use std::time::{Duration, Instant};

use crate::support::program::{Ended, Program, throng};
use crate::support::scripts::Folder;

const VISITOR: &str = r#"
return {
  requests = 3,
  think = 60,
  on_start = function(user) user.state.seen = {} end,
  steps = {
    { 1, function(user)
      local res = http.get("/items/{id}", { params = { id = 7 }, query = { page = 2 } })
      metrics.check("it is there", res.ok)
      table.insert(user.state.seen, res.ok and res:json().name or "nothing")
      log.info("saw it", { status = res.status })
    end, name = "look" },
    { 0.001, function() http.post("/orders", { json = { item = vars.item or "none", pick = random.int(1, 1000000) } }) end, name = "order" },
  },
}
"#;

fn folder(test: &str) -> Folder {
    Folder::of("visitor", VISITOR).file("scripts/visitor_test.lua", test)
}

fn test_in(folder: &Folder, words: &[&str]) -> Program {
    throng(["test", "--script-dir"])
        .arg(folder.path())
        .args(words)
}

fn passes(test: &str) -> Ended {
    test_in(&folder(test), &[]).end().with_code(0)
}

fn fails(test: &str, words: &[&str]) -> Ended {
    test_in(&folder(test), words).end().with_code(1)
}

#[test]
fn a_test_sees_requests_state_checks_and_logs() {
    let ended = passes(
        r#"
        describe("visitor", function()
          local user
          before_each(function()
            mock { ["GET /items/{id}"] = function(req)
              return { json = { name = "item " .. req.params.id .. " of page " .. req.query.page } }
            end }
            user = throng.user "visitor"
          end)
          it("looks at an item", function()
            user:step "look"
            expect(#user.requests).to_be(1)
            local request = user.requests[1]
            expect(request.method).to_be "GET"
            expect(request.path).to_be "/items/7"
            expect(request.query).to_be "page=2"
            expect(request.status).to_be(200)
            expect(request.answer.json).to_equal { name = "item 7 of page 2" }
            expect(user.state.seen).to_equal { "item 7 of page 2" }
            expect(user.checks["it is there"]).to_equal { passed = 1, failed = 0 }
            expect(user.logs[1].level).to_be "info"
            expect(user.logs[1].text).to_contain "saw it"
          end)
          it("lives a session", function()
            local begun = clock.now()
            user:run()
            expect(user.ended).to_be "completed"
            expect(#user.requests).to_be(3)
            expect(user.state.seen):to_have_length(3)
            -- A minute before each of the three steps.
            expect(clock.now() - begun).to_be_close_to(180, 1)
            clock.advance "2h"
            expect(clock.now() - begun).to_be_greater_than(7000)
          end)
          it("sends what it is told, and the same by one seed", function()
            mock { ["POST /orders"] = 201 }
            local function pick(seed)
              local one = throng.user("visitor", { seed = seed, vars = { item = "tea" } })
              one:step "order"
              expect(one.requests[1].json.item).to_be "tea"
              return one.requests[1].json.pick
            end
            expect(pick(1)).to_be(pick(1))
            expect(pick(1)).never.to_be(pick(2))
          end)
          it "is still to be written"
        end)
        "#,
    );
    for words in [
        "ok      visitor > looks at an item",
        "pending visitor > is still to be written",
        "3 passed, 1 pending in 1 file",
    ] {
        assert!(ended.stdout.contains(words), "{words}: {}", ended.stdout);
    }
}

#[test]
fn every_matcher_holds_and_fails() {
    passes(
        r#"it("holds", function()
          expect(1).to_be(1) expect({ a = { 1, 2 } }).to_equal { a = { 1, 2 } } expect("abc").to_match "^a.c$"
          expect("abc").to_contain "b" expect({ 1, 2 }).to_contain(2) expect({ a = 1, b = 2 }).to_contain { a = 1 }
          expect({ 1, 2 }).to_have_length(2) expect(0).to_be_truthy() expect(false).to_be_falsy() expect(nil).to_be_nil()
          expect("x").to_be_a "string" expect(2).to_be_greater_than(1) expect(1).to_be_less_than(2)
          expect(2).to_be_at_least(2) expect(2).to_be_at_most(2) expect(1.001).to_be_close_to(1)
          expect(function() error "no way" end).to_error "no way" expect(function() end).never.to_error()
          expect(1).never.to_be(2)
        end)"#,
    );
    for (line, words) in [
        ("expect(1).to_be(2)", "expected 1 to be 2"),
        (
            "expect({ a = { 1, 2 } }).to_equal { a = { 1, 3 } }",
            "value.a[2]: expected 3, found 2",
        ),
        ("expect(1).never.to_be(1)", "expected 1 not to be 1"),
        ("expect('x').to_match '^y'", "to match the pattern \"^y\""),
        ("expect(function() end).to_error()", "it returned"),
        ("expect(1).to_bee(1)", "did you mean to_be?"),
        ("throng.user('visitr')", "did you mean visitor?"),
        ("throng.user('visitor', { sed = 1 })", "did you mean seed?"),
        ("throng.user('visitor'):step 'lok'", "did you mean look?"),
        ("mock { ['GTE /'] = 200 }", "'GTE' is not a method"),
    ] {
        let ended = fails(&format!("it('fails', function()\n  {line}\nend)"), &[]);
        assert!(ended.stdout.contains(words), "{line}: {}", ended.stdout);
        assert!(
            ended.stdout.contains("visitor_test.lua:2"),
            "{line}: {}",
            ended.stdout
        );
    }
}

#[test]
fn misspelt_names_say_where_they_are_and_what_was_meant() {
    for (line, words) in [
        (
            "mock.demoo()",
            "mock has no 'demoo'; there are: demo; did you mean demo?",
        ),
        (
            "clock.advence(1)",
            "clock has no 'advence'; there are: advance, now; did you mean advance?",
        ),
        (
            "throng.users('visitor')",
            "throng has no 'users'; there are: user; did you mean user?",
        ),
        ("expect(1):toBe(1)", "did you mean to_be?"),
        (
            "expct(1).to_be(1)",
            "'expct' is not defined: neither a local, nor something that throng gives; did you mean expect?",
        ),
        (
            "throng.user(7)",
            "throng.user: the type is a number, a string was expected",
        ),
        ("throng.user()", "throng.user: the type is "),
        (
            "mock(7)",
            "returns a number, a table of routes was expected",
        ),
    ] {
        let ended = fails(&format!("it('fails', function()\n  {line}\nend)"), &[]);
        assert!(ended.stdout.contains(words), "{line}: {}", ended.stdout);
        assert!(
            ended.stdout.contains("visitor_test.lua:2"),
            "{line}: {}",
            ended.stdout
        );
    }
    let ended = fails("local x = 1\nitt('fails', function() end)", &[]);
    for words in [
        "visitor_test.lua:2:1",
        "'itt' is not defined",
        "did you mean it?",
    ] {
        assert!(ended.stdout.contains(words), "{words}: {}", ended.stdout);
    }
}

#[test]
fn a_failure_has_file_line_and_column() {
    let ended = fails(
        "it('fails', function()\n  local x = 1\n    expect(x).to_be(2)\nend)",
        &[],
    );
    assert!(
        ended.stdout.contains("visitor_test.lua:3:5: fails"),
        "{}",
        ended.stdout
    );
}

#[test]
fn a_test_that_never_ends_is_ended_and_named() {
    for (body, words) in [
        (
            "while true do end",
            "computed for more than 1 s without an end",
        ),
        (
            "while true do clock.advance(1) end",
            "did not end within 1 s",
        ),
        (
            "while true do pcall(function() while true do end end) end",
            "computed for more than 1 s",
        ),
    ] {
        let begun = Instant::now();
        let test =
            format!("it('never ends', function()\n  {body}\nend)\nit('goes on', function() end)");
        let ended = fails(&test, &["--timeout", "1s"]);
        assert!(ended.stdout.contains(words), "{body}: {}", ended.stdout);
        assert!(
            ended.stdout.contains("visitor_test.lua"),
            "{body}: {}",
            ended.stdout
        );
        assert!(
            ended.stdout.contains("ok      goes on"),
            "{body}: {}",
            ended.stdout
        );
        assert!(begun.elapsed() < Duration::from_secs(40), "{body}");
    }
}

#[test]
fn errors_of_scripts_and_missing_answers_fail_with_their_place() {
    let broken = "return { requests = 1, think = 0, step = function()\n  error 'broken'\nend }";
    let folder = Folder::of("visitor", broken).file(
        "scripts/visitor_test.lua",
        "it('runs', function() throng.user('visitor'):run() end)",
    );
    let ended = test_in(&folder, &[]).end().with_code(1);
    assert!(
        ended.stdout.contains("scripts/visitor.lua:2: broken"),
        "{}",
        ended.stdout
    );
    let silent = fails(
        "it('runs', function()\n  local user = throng.user 'visitor'\n  user:run()\n  expect(user.ended).to_be 'completed'\nend)",
        &[],
    );
    assert!(
        silent.stdout.contains("nothing answers in this test"),
        "{}",
        silent.stdout
    );
}

#[test]
fn tap_and_junit_are_written_for_machines() {
    let test = "describe('a', function()\n  it('passes', function() end)\n  it('fails', function() expect(1).to_be(2) end)\n  it 'waits'\nend)";
    let tap = fails(test, &["--format", "tap"]).stdout;
    assert!(tap.starts_with("TAP version 14\n1..3\nok 1 - "), "{tap}");
    assert!(
        tap.contains("not ok 2 - ") && tap.contains("  message: |-\n    expected 1 to be 2"),
        "{tap}"
    );
    assert!(tap.contains("# TODO has no body"), "{tap}");
    let folder = folder(test);
    let file = folder.at("tests.xml");
    let words = ["--format", "junit", "--output", file.to_str().unwrap()];
    let ended = test_in(&folder, &words).end().with_code(1);
    assert_eq!(ended.stdout, "1 passed, 1 failed, 1 pending in 1 file\n");
    let junit = fs::read_to_string(&file).unwrap();
    assert!(
        junit.contains("tests=\"3\"") && junit.contains("failures=\"1\""),
        "{junit}"
    );
    assert!(
        junit.contains("expected 1 to be 2") && junit.contains("<skipped"),
        "{junit}"
    );
}

#[test]
fn a_filter_chooses_and_unreadable_files_fail() {
    let test = "describe('a', function() it('one', function() end) it('two', function() end) end)";
    let ended = test_in(&folder(test), &["--filter", "a > two"])
        .end()
        .with_code(0);
    assert!(
        ended.stdout.contains("1 passed in 1 file"),
        "{}",
        ended.stdout
    );
    let broken = fails("it('x', function(", &[]);
    assert!(
        broken.stdout.contains("visitor_test.lua:1"),
        "{}",
        broken.stdout
    );
    let outside = test_in(&folder(test), &["none.lua"]).end().with_code(2);
    assert!(
        outside
            .stderr
            .contains("none.lua: the file or folder does not exist"),
        "{}",
        outside.stderr
    );
    let format = test_in(&folder(test), &["--format", "jnit"])
        .end()
        .with_code(2);
    assert!(
        format.stderr.contains("did you mean junit?"),
        "{}",
        format.stderr
    );
}

#[test]
fn coverage_counts_the_lines_that_ran() {
    let script = "local function never()\n  http.get '/never'\nend\n\nreturn {\n  requests = 1,\n  think = 0,\n  steps = {\n    { 1, function(user)\n      http.get '/'\n      if user.state.x then\n        never()\n      end\n    end, name = 'go' },\n  },\n}\n";
    let folder = Folder::of("visitor", script).file(
        "scripts/visitor_test.lua",
        "it('goes', function() mock { ['*'] = 200 } throng.user('visitor'):step 'go' end)",
    );
    let file = folder.at("lcov.info");
    let words = ["--lcov", file.to_str().unwrap()];
    let ended = test_in(&folder, &words).end().with_code(0);
    assert!(
        ended.stdout.contains("4 of 6 lines ran"),
        "{}",
        ended.stdout
    );
    let lcov = fs::read_to_string(&file).unwrap();
    for line in [
        "DA:2,0",
        "DA:10,1",
        "DA:11,1",
        "DA:12,0",
        "LF:6",
        "LH:4",
        "end_of_record",
    ] {
        assert!(lcov.contains(line), "{line}: {lcov}");
    }
}

#[test]
fn the_demo_service_answers_the_built_in_types() {
    let folder = Folder::of("visitor", VISITOR).file(
        "new_test.lua",
        "it('registers', function()\n  mock.demo()\n  local user = throng.user 'new'\n  \
         user:run { requests = 12 }\n  expect(user.ended).to_be 'completed'\n  \
         expect(user.state.account).to_be_truthy()\nend)",
    );
    let file = folder.at("new_test.lua");
    throng(["test", "--builtin"]).arg(file).end().with_code(0);
}

/// A test that prints what it was given.
const SHOWS: &str = r#"
it("shows", function()
  mock { ["POST /orders"] = 201, ["GET /items/{id}"] = { error = "timeout" } }
  local user = throng.user "visitor"
  user:step "order"
  local order = user.requests[1]
  local begun = clock.now()
  user:step "look"
  local took = ("%.1f"):format(clock.now() - begun)
  error(table.concat({ order.url, order.json.item, order.json.pick, took }, " "), 0)
end)
"#;

/// What a test sees of the project with this plan file, and with these words on the line.
fn shown(plan: &str, words: &[&str]) -> String {
    let folder = folder(SHOWS).script("throng.toml", plan);
    let ended = test_in(&folder, words).end().with_code(1);
    let lines = ended.stdout.lines();
    let shown = lines
        .skip_while(|line| !line.contains("visitor_test.lua"))
        .nth(1);
    shown.unwrap_or(&ended.stdout).trim().to_owned()
}

#[test]
fn a_test_reads_the_plan_file_of_its_project() {
    let plain = shown("", &[]);
    assert!(
        plain.starts_with("http://localhost/orders none "),
        "{plain}"
    );
    let plan = "base_url = \"https://shop.example/api\"\nseed = 7\nrequest_timeout = \"3s\"\nusers = 50\nwatch = \"poll\"\n[vars]\nitem = \"tea\"\n";
    let planned = shown(plan, &[]);
    let pick = |text: &str| text.split(' ').nth(2).unwrap().to_owned();
    assert!(
        planned.starts_with("https://shop.example/api/orders tea "),
        "{planned}"
    );
    assert!(planned.ends_with(" 3.0"), "{planned}");
    assert_ne!(pick(&plain), pick(&planned));
    // The line wins over the file.
    let typed = shown(
        plan,
        &[
            "-e",
            "item=milk",
            "--seed",
            "1",
            "--base-url",
            "http://localhost",
        ],
    );
    assert!(
        typed.starts_with("http://localhost/orders milk "),
        "{typed}"
    );
    assert_eq!(pick(&plain), pick(&typed));
}

#[test]
fn faults_of_the_plan_file_and_of_variables_are_said() {
    let broken = folder(SHOWS).script("throng.toml", "seeed = 7\n");
    let ended = test_in(&broken, &[]).end().with_code(2);
    for words in ["throng.toml:1", "seeed", "did you mean seed?"] {
        assert!(ended.stderr.contains(words), "{words}: {}", ended.stderr);
    }
    let broken = folder(SHOWS).script("throng.toml", "request_timeout = \"soon\"\n");
    let ended = test_in(&broken, &[]).end().with_code(2);
    assert!(
        ended.stderr.contains("throng.toml:1") && ended.stderr.contains("soon"),
        "{}",
        ended.stderr
    );
    let ended = test_in(&folder(SHOWS), &["-e", "7up=x"]).end().with_code(2);
    assert!(
        ended.stderr.contains("the key is not a valid name"),
        "{}",
        ended.stderr
    );
    let words = ["--plan", "other.toml"];
    let ended = test_in(&folder(SHOWS), &words).end().with_code(2);
    assert!(ended.stderr.contains("does not exist"), "{}", ended.stderr);
}

#[test]
fn tests_say_what_they_cover_of_a_document() {
    let script = "return { requests = 1, think = 0, step = function() http.get '/one' end }";
    let test = "it('reads', function()\n  mock { ['GET /one'] = { json = { 1 } } }\n  \
                throng.user('visitor'):run()\nend)";
    let api = r#"{ "openapi": "3.1.0", "info": { "title": "Ones", "version": "1" }, "paths": {
        "/one": { "get": { "responses": { "200": { "description": "" } } } },
        "/two": { "get": { "responses": { "200": { "description": "" } } } } } }"#;
    let folder = Folder::of("visitor", script)
        .file("visitor_test.lua", test)
        .file("api.json", api);
    let test = |minimum: &str| {
        throng(["test", "--script-dir"])
            .arg(folder.path())
            .arg(folder.at("visitor_test.lua"))
            .arg("--openapi")
            .arg(folder.at("api.json"))
            .args(&["--min-coverage", minimum])
            .end()
    };
    let ended = test("50%").with_code(0);
    for words in ["1 passed", "Coverage of Ones", "Not covered", "GET /two"] {
        assert!(ended.stdout.contains(words), "{words}: {}", ended.stdout);
    }
    let ended = test("95%").with_code(5);
    ended.said("covered 1 of 2 operations (50.0 %), and --min-coverage requires 95.0 %");
}

#[test]
fn tests_are_neither_types_nor_modules() {
    let folder =
        folder("error 'a run must not load this'").file("lib/x_test.lua", "error 'nor this'");
    throng(["check", "--script-dir"])
        .arg(folder.path())
        .end()
        .with_code(0);
    let ended = throng(["plan", "--script-dir"])
        .arg(folder.path())
        .end()
        .with_code(0);
    assert!(!ended.stdout.contains("visitor_test"), "{}", ended.stdout);
}

#[test]
fn watching_runs_again_when_a_script_is_saved() {
    let folder = folder("it('one', function() end)");
    let run = test_in(&folder, &["--watch"]).start();
    run.wait_on_stdout("1 passed in 1 file");
    run.wait_on_stdout("watching for changes");
    folder.write(
        "scripts/visitor_test.lua",
        "it('one', function() end) it('two', function() end)",
    );
    run.wait_on_stdout("2 passed in 1 file");
    run.signal("INT");
}

const IMPATIENT: &str = r#"return { requests = 3, think = 0, steps = { { 1, function()
  http.get("/slow", { timeout = 2 })
  http.get("/slow")
  http.get("/dead", { timeout = 4 })
end } } }"#;

const TIMED_OUT: &str = r#"it("waits", function()
  mock { ["GET /slow"] = { status = 200, latency = "1m" }, ["GET /dead"] = { error = "timeout" } }
  local user = throng.user "visitor"
  user:run()
  local seconds = { 2, 7, 4 }
  for place, request in ipairs(user.requests) do
    expect(request.error).to_be "timeout"
    expect(request.status).to_be(nil)
    expect(request.seconds).to_be(seconds[place])
  end
  expect(#user.requests).to_be(3)
end)"#;

#[test]
fn a_request_that_timed_out_took_its_timeout() {
    let folder = Folder::of("visitor", IMPATIENT)
        .script("throng.toml", "request_timeout = \"7s\"\n")
        .file("scripts/visitor_test.lua", TIMED_OUT);
    test_in(&folder, &[]).end().with_code(0);
}
