//! `throng try`: one user for one session, all that it does shown, against real servers.

use std::io::Write as _;

use serde_json::Value;

use super::program::{Ended, Program};
use super::{Answer, Folder, Target, throng};

/// Logs in, buys, changes its state; a check fails and a call is judged.
const SHOPPER: &str = "return { requests = 3, think = 0,
  on_start = function(user)
    local res = http.post('/login?token=t0p', { json = { email = 'ann@example.com', password = 'hunter2' },
      headers = { Authorization = 'Bearer s3cret' } })
    user.state.name = res:json().name
    user.state.token = res:json().access_token
  end,
  steps = {
    { 1, name = 'browse', next = { pay = 1 }, function(user)
      local res = http.get('/items')
      metrics.check('has items', res:json().name == 'Bob')
      log.info('looked', { at = 1 })
      user.state.seen = { 1, 2 }
    end },
    { 0.000001, name = 'pay', next = { browse = 1 }, function(user)
      local res = http.get('/pay')
      res:fail('sold out')
      user.state.seen = nil
    end },
  },
  on_stop = function() http.get('/bye') end }";

fn target() -> Target {
    Target::new(|_| Answer::Status(200, r#"{"access_token":"a1b2c3","name":"Ann"}"#.to_owned()))
}

fn try_one(target: &Target, scripts: &Folder, words: &[&str]) -> Program {
    throng(["try", "one", "--base-url", &target.url(), "--script-dir"])
        .arg(scripts.path())
        .args(words)
}

fn shows_no_secret(text: &str) {
    for secret in ["hunter2", "s3cret", "t0p", "a1b2c3"] {
        assert!(!text.contains(secret), "{secret} is shown:\n{text}");
    }
}

fn has(text: &str, parts: &[&str]) {
    let mut rest = text;
    for part in parts {
        let at = rest.find(part);
        let at =
            at.unwrap_or_else(|| panic!("{part} is not in, or not after the one before:\n{text}"));
        rest = &rest[at + part.len()..];
    }
}

#[test]
fn a_try_shows_each_step_call_state_check_and_line_of_log_in_their_order() {
    let (target, scripts) = (target(), Folder::one(SHOPPER));
    let ended = try_one(&target, &scripts, &[]).end().with_code(0);
    has(
        &ended.stdout,
        &[
            "one #0, session 1, version 1 of its script, against http://127.0.0.1:",
            "on_start",
            "POST /login?token=***  200  ",
            "> {\"email\":\"ann@example.com\",\"password\":\"***\"}",
            "< {\"access_token\":\"***\",\"name\":\"Ann\"}",
            "state + name = \"Ann\"",
            "state + token = \"***\"",
            "ok after ",
            "step browse",
            "GET /items  200  ",
            "check has items: FAILED",
            "log info looked {\"at\":1}",
            "state + seen = [1,2]",
            "failed after ",
            "step pay",
            "GET /pay  200  ",
            "call 3 is judged a failure by its script: sold out",
            "state - seen = [1,2]",
            "on_stop",
            "GET /bye  200  ",
            "session completed",
            "4 steps, 4 requests, 1 failed, 1 failed checks",
        ],
    );
    // Headers are for those who ask.
    assert!(!ended.stdout.contains("Bearer"), "{}", ended.stdout);
    shows_no_secret(&ended.stdout);
    assert_eq!(target.count(), 4);
}

#[test]
fn a_trace_is_the_same_as_a_try() {
    let plain = |text: &str| {
        let words = text.split_whitespace();
        let words = words.filter(|word| word.parse::<f64>().is_err() && !word.starts_with("http"));
        words.collect::<Vec<_>>().join(" ")
    };
    let (target, scripts) = (target(), Folder::one(SHOPPER));
    let tried = try_one(&target, &scripts, &["--seed", "7"])
        .end()
        .with_code(0);
    let traced = throng([
        "run",
        "--trace",
        "one",
        "--base-url",
        &target.url(),
        "--script-dir",
    ])
    .arg(scripts.path())
    .args(&["--seed", "7"])
    .end()
    .with_code(0);
    let units = |text: &str| plain(text).replace("µs", "ms").replace(" s ", " ms ");
    assert_eq!(units(&traced.stdout), units(&tried.stdout));
}

#[test]
fn headers_and_curl_are_shown_to_those_who_ask() {
    let (target, scripts) = (target(), Folder::one(SHOPPER));
    let ended = try_one(&target, &scripts, &["-v", "--curl"])
        .end()
        .with_code(0);
    has(
        &ended.stdout,
        &[
            "curl -X POST 'http://127.0.0.1:",
            "--data-raw '{\"email\":\"ann@example.com\",\"password\":\"***\"}'",
            "> Authorization: Bearer ***",
            "< Content-Type: application/json",
        ],
    );
    shows_no_secret(&ended.stdout);
}

#[test]
fn a_session_that_fails_and_one_whose_every_request_fails_end_with_1() {
    let fails = "return { requests = 2, think = 0, step = function() error('on purpose') end }";
    let (target, scripts) = (target(), Folder::one(fails));
    let ended = try_one(&target, &scripts, &[]).end().with_code(1);
    has(
        &ended.stdout,
        &[
            "error at scripts/one.lua:1: on purpose",
            "session failed: script error at",
        ],
    );
    let broken = Target::new(|_| Answer::Status(500, "{}".to_owned()));
    let scripts =
        Folder::one("return { requests = 2, think = 0, step = function() http.get '/a' end }");
    for words in [&["try", "one"][..], &["run", "--trace", "one"]] {
        let ended = throng(words)
            .args(&["--base-url", &broken.url(), "--script-dir"])
            .arg(scripts.path())
            .end()
            .with_code(1);
        ended.said("every request failed");
        has(
            &ended.stdout,
            &["GET /a  500  unexpected", "session completed", "2 failed"],
        );
    }
    let scripts =
        Folder::one("return { requests = 1, think = 0, step = function() http.get '/a' end }");
    let gone = throng([
        "try",
        "one",
        "--base-url",
        "http://127.0.0.1:1",
        "--script-dir",
    ])
    .arg(scripts.path())
    .end()
    .with_code(1);
    has(&gone.stdout, &["GET /a  connect  error", "session failed"]);
}

#[test]
fn a_type_that_there_is_not_is_named() {
    let (target, scripts) = (target(), Folder::one(SHOPPER));
    let ended = throng(["try", "won", "--base-url", &target.url(), "--script-dir"])
        .arg(scripts.path())
        .end()
        .with_code(2);
    ended.said("try won: there is no type 'won' in ");
    ended.said("give some of: one");
    assert_eq!(target.count(), 0);
}

fn file(ended: &Ended, scripts: &Folder, name: &str) -> String {
    let text = std::fs::read_to_string(scripts.at(name));
    text.unwrap_or_else(|why| panic!("{name}: {why}\n{}", ended.stderr))
}

#[test]
fn the_trace_is_written_as_json_and_as_a_page_that_loads_nothing() {
    let (target, scripts) = (target(), Folder::one(SHOPPER));
    let (json, html) = (scripts.at("trace.json"), scripts.at("trace.html"));
    let words = [
        "--json",
        json.to_str().unwrap(),
        "--html",
        html.to_str().unwrap(),
    ];
    let ended = try_one(&target, &scripts, &words).end().with_code(0);
    let text = file(&ended, &scripts, "trace.json");
    shows_no_secret(&text);
    let trace: Value = serde_json::from_str(&text).unwrap();
    let events = trace["events"].as_array().unwrap();
    let kinds: Vec<&str> = events
        .iter()
        .map(|one| one["event"].as_str().unwrap())
        .collect();
    assert_eq!(
        kinds,
        [
            "session_began",
            "step_began",
            "call",
            "step_ended",
            "step_began",
            "call",
            "check",
            "log",
            "step_ended",
            "step_began",
            "call",
            "judged",
            "step_ended",
            "step_began",
            "call",
            "step_ended",
            "session_ended",
        ]
    );
    assert_eq!(events[2]["request"]["headers"][0][1], "Bearer ***");
    assert_eq!(events[3]["state"]["name"], "Ann");
    let page = file(&ended, &scripts, "trace.html");
    shows_no_secret(&page);
    assert!(page.contains("Content-Security-Policy") && page.contains("default-src 'none'"));
    assert!(
        !page.contains("src=\"") && !page.contains("/page/"),
        "it loads something"
    );
}

#[test]
fn what_cannot_be_written_is_said_before_anything_is_sent() {
    let (target, scripts) = (target(), Folder::one(SHOPPER));
    let ended = try_one(&target, &scripts, &["--html", "missing/trace.html"])
        .end()
        .with_code(2);
    ended.said("--html missing/trace.html: its folder is not there");
    assert_eq!(target.count(), 0);
}

fn stepped(target: &Target, scripts: &Folder, words: &[&str], lines: &str) -> Ended {
    let mut typed = tempfile::tempfile().unwrap();
    typed.write_all(lines.as_bytes()).unwrap();
    std::io::Seek::rewind(&mut typed).unwrap();
    try_one(target, scripts, words).input(typed).end()
}

#[test]
fn lines_of_lua_run_as_the_user_where_it_stops() {
    let (target, scripts) = (target(), Folder::one(SHOPPER));
    let lines = "\
state.name
user.state.name = 'Bea'
state.name
x = http.get('/typed')
x.status, #x.body
for i = 1, 2 do
  user.state[i] = i
end
state
nothing.at.all
1 +
2
:curl
n
user.id
:nonsense
c
";
    let ended = stepped(&target, &scripts, &["--step"], lines).with_code(0);
    has(
        &ended.stdout,
        &[
            "stopped before step browse",
            "\"Ann\"\n",
            "\"Bea\"\n",
            "GET /typed  200  ",
            "200\n",
            "name = \"Bea\"",
            "token = ***",
            "'nothing' is not defined",
            "3\n",
            "curl http://127.0.0.1:",
            "/typed\n",
            "step browse",
            "GET /items",
            "stopped before step pay",
            "0\n",
            "there is no :nonsense",
            "step pay",
            "session completed",
        ],
    );
    shows_no_secret(&ended.stdout);
    assert_eq!(target.count(), 5);
}

#[test]
fn a_stop_can_be_at_one_step_and_what_is_left_can_be_looked_at_after_the_session() {
    let (target, scripts) = (target(), Folder::one(SHOPPER));
    let ended = stepped(
        &target,
        &scripts,
        &["--step", "pay"],
        "n\nstate\nhttp.get('/late').status\n",
    )
    .with_code(0);
    assert!(
        !ended.stdout.contains("stopped before step browse"),
        "{}",
        ended.stdout
    );
    has(
        &ended.stdout,
        &[
            "stopped before step pay",
            "on_stop",
            "the session is over, completed",
            "name = \"Ann\"",
            "GET /late  200",
            "200\n",
            "session completed",
        ],
    );
}

#[test]
fn a_user_that_is_gone_by_an_error_can_be_looked_at_and_the_end_of_input_ends_it() {
    let fails = "return { requests = 2, think = 0, step = function(user)
      user.state.seen = 41
      error('on purpose')
    end }";
    let (target, scripts) = (target(), Folder::one(fails));
    let ended = stepped(&target, &scripts, &["--step"], "n\nstate.seen + 1\n").with_code(1);
    has(
        &ended.stdout,
        &[
            "stopped before step",
            "error at scripts/one.lua:3: on purpose",
            "the session is over, failed: script error at",
            "42\n",
            "session failed",
        ],
    );
}

#[test]
fn a_session_can_be_ended_at_a_stop() {
    let (target, scripts) = (target(), Folder::one(SHOPPER));
    let ended = stepped(&target, &scripts, &["--step"], ":quit\n").with_code(0);
    has(
        &ended.stdout,
        &[
            "stopped before step browse",
            "on_stop",
            "session interrupted",
        ],
    );
    assert!(!ended.stdout.contains("GET /items"), "{}", ended.stdout);
}

#[test]
fn a_save_runs_it_again_and_a_fault_does_not_end_the_watch() {
    let (target, scripts) = (
        target(),
        Folder::one("return { requests = 1, think = 0, step = function() http.get '/first' end }"),
    );
    let run = try_one(&target, &scripts, &["--watch"]).start();
    run.wait_on_stdout("GET /first");
    run.wait_for("waiting for a change of the scripts; Ctrl-C ends");
    scripts.write(
        "scripts/one.lua",
        "return { requests = 1, step = function( end }",
    );
    run.wait_for("one.lua changed: runs again");
    run.wait_for("scripts/one.lua:1: ");
    run.wait_for("waiting for a change");
    scripts.write(
        "scripts/one.lua",
        "return { requests = 1, think = 0, step = function() http.get '/second' end }",
    );
    run.wait_on_stdout("GET /second");
    run.wait_for("waiting for a change");
    run.signal("INT");
    run.end().with_code(0);
}
