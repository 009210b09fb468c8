//! `--dry-run` in virtual time: the whole plan against a mock, in moments, and the same bytes each time.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::program::{Ended, run, throng};
use crate::support::scripts::Folder;

/// A port on which nobody listens.
const NOWHERE: &str = "http://127.0.0.1:1";

/// A type that thinks for a minute before each of its requests.
const SLOW: &str = r#"return { requests = 4, think = 60, steps = {
  { 1, function() http.get "/one" end, name = "one" },
} }"#;

const MOCK: &str = r#"return {
  latency = { min = "10ms", max = "90ms" },
  ["GET /one"] = function(req)
    if random.chance(0.25) then return 404 end
    return { json = { number = req.number } }
  end,
}"#;

fn dry(script: &str, mock: &str, words: &[&str]) -> Ended {
    dry_in(&folder(script, mock), words)
}

fn folder(script: &str, mock: &str) -> Folder {
    Folder::of("slow", script).file("mock.lua", mock)
}

fn dry_in(scripts: &Folder, words: &[&str]) -> Ended {
    let file = scripts.at("mock.lua");
    let mut line = vec!["--dry-run", "--mock", file.to_str().unwrap()];
    if !words.contains(&"--seed") {
        line.extend(["--seed", "7"]);
    }
    line.extend(words);
    run(NOWHERE, &scripts.path(), &line).end().with_code(0)
}

fn document(script: &str, mock: &str, words: &[&str]) -> Value {
    let mut line = words.to_vec();
    line.extend(["--summary-json", "-"]);
    parsed(&dry(script, mock, &line))
}

/// The summary on stdout, which must have the form of the schema.
fn parsed(ended: &Ended) -> Value {
    let summary: Value =
        serde_json::from_str(&ended.stdout).unwrap_or_else(|why| panic!("{why}: {}", ended.stdout));
    let schema = include_str!("../../docs/summary.schema.json");
    let schema = jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap();
    let faults: Vec<String> = schema
        .iter_errors(&summary)
        .map(|fault| format!("{}: {fault}", fault.instance_path()))
        .collect();
    assert_eq!(faults, [""; 0], "{summary:#}");
    summary
}

#[test]
fn an_hour_passes_in_moments_and_every_session_is_lived() {
    let begun = Instant::now();
    let all = document(
        SLOW,
        MOCK,
        &["--users", "20", "--duration", "1h", "--ramp", "0"],
    );
    assert!(
        begun.elapsed() < Duration::from_secs(60),
        "{:?}",
        begun.elapsed()
    );
    // 20 users, each with a request a minute, for an hour.
    let requests = all["requests"]["total"].as_u64().unwrap();
    assert!((1_170..=1_200).contains(&requests), "{all:#}");
    assert_eq!(
        all["run"]["seconds"].as_f64().map(f64::round),
        Some(3_600.0)
    );
    let kind = &all["dry_run"]["types"][0];
    assert_eq!(
        kind["think_seconds"]["p50"].as_f64().map(f64::round),
        Some(60.0),
        "{kind:#}"
    );
    assert_eq!(kind["session_requests"]["p50"], 4.0, "{kind:#}");
    // Four pauses of a minute, and four answers.
    let length = kind["session_seconds"]["p50"].as_f64().unwrap();
    assert!((240.0..241.0).contains(&length), "{kind:#}");
    let endpoint = &all["endpoints"][0];
    let failed = endpoint["outcomes"]["unexpected"].as_f64().unwrap() / requests as f64;
    assert!((0.22..0.28).contains(&failed), "{failed}");
    let p50 = endpoint["latency_seconds"]["p50"].as_f64().unwrap();
    assert!((0.04..0.06).contains(&p50), "{p50}");
    let parts = all["dry_run"]["over_time"].as_array().unwrap();
    assert!(parts.len() >= 20, "{parts:?}");
    assert!(
        parts
            .iter()
            .skip(1)
            .all(|part| part["users"].as_f64() > Some(19.5)),
        "{parts:#?}"
    );
}

#[test]
fn two_dry_runs_with_one_seed_print_the_same_bytes() {
    let words = ["--users", "30", "--duration", "10m"];
    let scripts = folder(SLOW, MOCK);
    let (one, other) = (dry_in(&scripts, &words), dry_in(&scripts, &words));
    assert_eq!(one.stdout, other.stdout);
    assert_eq!(one.stderr, other.stderr);
    for heading in [
        "Over time",
        "Sessions by type",
        "By endpoint",
        "no byte left the process",
    ] {
        assert!(one.stdout.contains(heading), "{heading}: {}", one.stdout);
    }
    let another = dry(
        SLOW,
        MOCK,
        &["--users", "30", "--duration", "10m", "--seed", "8"],
    );
    assert_ne!(one.stdout, another.stdout);
}

#[test]
fn the_built_in_types_are_answered_by_routes_that_ship() {
    let words = |users: &'static str, duration: &'static str| {
        let plan = ["--users", users, "--duration", duration, "--seed", "3"];
        ["run", "--builtin", "--dry-run"].into_iter().chain(plan)
    };
    let one = throng(words("40", "60s"))
        .args(&["--summary-json", "-"])
        .end()
        .with_code(0);
    let all = parsed(&one);
    assert_eq!(one.stderr, "", "no route is missing, and no script fails");
    assert_eq!(
        all["script_errors"].as_array().map(Vec::len),
        Some(0),
        "{all:#}"
    );
    let of = |endpoint: &Value, outcome: &str| endpoint["outcomes"][outcome].as_u64().unwrap();
    let endpoints = all["endpoints"].as_array().unwrap();
    let sum = |outcome: &str| endpoints.iter().map(|one| of(one, outcome)).sum::<u64>() as f64;
    let requests = all["requests"]["total"].as_f64().unwrap();
    assert!(requests > 1_500.0, "{requests}");
    // The deliberate mistakes are met as by the service, and nothing else fails.
    let mistakes = sum("expected") / requests;
    assert!((0.12..0.20).contains(&mistakes), "{mistakes}");
    assert!(
        sum("unexpected") + sum("error") < requests * 0.001,
        "{endpoints:#?}"
    );
    assert!(endpoints.len() >= 35, "{}", endpoints.len());
    let again = throng(words("10", "20s")).end().with_code(0);
    let once_more = throng(words("10", "20s")).end().with_code(0);
    assert_eq!(again.stdout, once_more.stdout);
}

#[test]
fn shards_in_step_print_the_same_bytes_and_have_all_users() {
    let words = ["--users", "400", "--duration", "6s", "--ramp", "2s"];
    let dry = || {
        let line = ["run", "--builtin", "--dry-run", "--seed", "3"];
        throng(line.into_iter().chain(words))
    };
    let one = dry().end().with_code(0);
    let again = dry().end().with_code(0);
    assert_eq!(one.stdout, again.stdout);
    assert_eq!(one.stderr, "");
    let said = "answered by the demo service in memory, one for each of 4 shards";
    assert!(one.stdout.contains(said), "{}", one.stdout);
    let all = parsed(&dry().args(&["--summary-json", "-"]).end().with_code(0));
    let parts = all["dry_run"]["over_time"].as_array().unwrap();
    let users = |part: &Value| part["users"].as_f64().unwrap();
    let most = parts.iter().map(users).fold(0.0, f64::max);
    assert!((399.5..400.5).contains(&most), "{parts:#?}");
    let (requests, endpoints) = (
        all["requests"]["total"].as_u64().unwrap(),
        &all["endpoints"],
    );
    let by_endpoint = endpoints.as_array().unwrap().iter();
    let outcomes = |one: &Value| one["outcomes"]["total"].as_u64().unwrap();
    let sum: u64 = by_endpoint.map(outcomes).sum();
    assert!(requests > 1_000 && sum == requests, "{requests}, {sum}");
    // Of every shard: each of its users has paused.
    let types = all["dry_run"]["types"].as_array().unwrap().iter();
    let pauses = types.map(|kind| kind["think_seconds"]["count"].as_u64().unwrap_or_default());
    let pauses: u64 = pauses.sum();
    assert!(pauses > requests / 2, "{pauses} of {requests}");
}

#[test]
fn a_plan_without_an_end_is_lived_for_an_hour_and_one_of_sessions_to_its_end() {
    let endless = document(SLOW, MOCK, &["--users", "3", "--continuous"]);
    assert_eq!(
        endless["run"]["seconds"].as_f64().map(f64::round),
        Some(3600.0)
    );
    let once = document(SLOW, MOCK, &["--users", "3", "--ramp", "0"]);
    assert_eq!(once["sessions"]["total"], 3, "{once:#}");
    let open = document(SLOW, MOCK, &["--arrivals", "2/s", "--duration", "10m"]);
    let sessions = open["sessions"]["total"].as_f64().unwrap();
    assert!((1_000.0..1_400.0).contains(&sessions), "{sessions}");
}

#[test]
fn who_does_nothing_again_and_again_does_not_stop_the_time() {
    for script in [
        "return { requests = 2, think = 0, steps = { { 1, function() end } } }",
        "return { requests = 2, think = 0, steps = { { 1, function() while true do think(0) end end } } }",
        "return { requests = 2, think = 0, steps = { { 1, function() while true do http.get '/one' end end } } }",
        "return { requests = 2, think = 0, steps = { { 1, function() http.get 'http://other.example/' end } } }",
    ] {
        let all = document(script, MOCK, &["--users", "1", "--duration", "10s"]);
        assert!(
            all["run"]["seconds"].as_f64() >= Some(9.0),
            "{script}: {all:#}"
        );
    }
}

#[test]
fn what_scripts_and_mocks_complain_of_is_said_without_times() {
    let script = "return { requests = 1, think = 1, steps = { { 1, function()
      http.get '/two'
      error 'not today'
    end } } }";
    let ended = dry(script, MOCK, &["--users", "2"]);
    assert!(
        ended.stderr.contains("has no route for GET /two"),
        "{}",
        ended.stderr
    );
    assert!(ended.stdout.contains("not today"), "{}", ended.stdout);
    assert!(!ended.stderr.contains("09:"), "{}", ended.stderr);
}

#[test]
fn times_of_scripts_are_those_of_the_dry_run() {
    let script = r#"return { requests = 2, think = 30, steps = { { 1, function(user)
      local before = user.state.before or time.now()
      user.state.before = time.now()
      http.get("/at/{at}", { params = { at = time.iso(time.now() // 1) } })
    end } } }"#;
    let all = document(script, "return { [\"*\"] = 200 }", &["--users", "1"]);
    let ended = dry(
        script,
        r#"return { ["GET /at/{at}"] = function(req) log.warn("at " .. req.params.at) return 200 end }"#,
        &["--users", "1"],
    );
    assert!(
        ended.stderr.contains("at 2026-01-05T09:00:30Z"),
        "{}",
        ended.stderr
    );
    assert!(
        ended.stderr.contains("at 2026-01-05T09:01:00Z"),
        "{}",
        ended.stderr
    );
    assert_eq!(all["requests"]["total"], 2);
}

#[test]
fn without_a_mock_the_plan_is_printed_and_says_what_shows_more() {
    let scripts = Folder::of("slow", SLOW);
    let ended = run(NOWHERE, &scripts.path(), &["--dry-run"])
        .end()
        .with_code(0);
    assert!(
        ended.stdout.contains("nothing was sent (--dry-run)"),
        "{}",
        ended.stdout
    );
    assert!(ended.stdout.contains("--mock FILE.lua"), "{}", ended.stdout);
}

#[test]
fn a_dry_run_says_what_it_covers_of_a_document() {
    let responses = r#"{ "200": { "description": "", "content": { "application/json": { "schema": {
        "type": "object", "required": ["number"] } } } }, "404": { "description": "" } }"#;
    let document = format!(
        r#"{{ "openapi": "3.1.0", "info": {{ "title": "Numbers", "version": "1" }}, "paths": {{
        "/one": {{ "get": {{ "responses": {responses} }} }},
        "/two": {{ "get": {{ "responses": {responses} }} }} }} }}"#
    );
    let scripts = folder(SLOW, MOCK).file("api.json", document);
    let (mock, api) = (scripts.at("mock.lua"), scripts.at("api.json"));
    let dry = |words: &[&str]| {
        run(
            NOWHERE,
            &scripts.path(),
            &["--dry-run", "--seed", "7", "--users", "5"],
        )
        .args(&["--duration", "10m", "--mock", mock.to_str().unwrap()])
        .args(&["--openapi", api.to_str().unwrap()])
        .args(words)
        .end()
    };
    let text = dry(&["--min-coverage", "50%"]).with_code(0).stdout;
    for words in ["Coverage of Numbers", "Not covered", "GET /two"] {
        assert!(text.contains(words), "{words}: {text}");
    }
    let ended = dry(&["--min-coverage", "95%", "--summary-json", "-"]).with_code(5);
    ended.said("covered 1 of 2 operations (50.0 %), and --min-coverage requires 95.0 %");
    let summary = parsed(&ended);
    assert_eq!(summary["exit"]["code"], 5, "{summary:#}");
    let one = &summary["coverage"]["by_operation"][0];
    assert_eq!(one["requests"], summary["requests"]["total"], "{one:#}");
    assert_eq!(summary["checks"][0]["failed"], 0, "{summary:#}");
    let again = dry(&["--min-coverage", "95%", "--summary-json", "-"]);
    assert_eq!(ended.stdout, again.stdout);
}

#[test]
fn a_first_step_that_nothing_is_thought_before_counts_no_pause() {
    let think = "think = function(user)
      local before = user.state.begun
      user.state.begun = true
      return before and 60 or 0
    end";
    for pause in [think, "pace = 60"] {
        let all = document(
            &SLOW.replace("think = 60", pause),
            MOCK,
            &["--users", "5", "--ramp", "0"],
        );
        let thinks = &all["dry_run"]["types"][0]["think_seconds"];
        assert_eq!(thinks["count"], 5 * 3, "{pause}: {thinks}");
        assert_eq!(thinks["mean"], 60.0, "{pause}: {thinks}");
    }
}

#[test]
fn a_dry_run_writes_its_requests_and_two_write_the_same_bytes() {
    let scripts = folder(SLOW, MOCK);
    let written = |name: &str| {
        let file = scripts.root().join(name);
        let words = ["--users", "20", "--duration", "10m", "--summary-json", "-"];
        let words = [&words[..], &["--samples", file.to_str().unwrap()]].concat();
        let all = parsed(&dry_in(&scripts, &words));
        let text = std::fs::read_to_string(&file).unwrap();
        (all, text)
    };
    let (all, text) = written("one.jsonl");
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(all["requests"]["total"], lines.len(), "{all:#}");
    assert!(lines.len() > 100, "{}", lines.len());
    for line in &lines {
        let time = line["time"].as_str().unwrap();
        assert!(time.starts_with("2026-01-05T09:"), "{line}");
        assert_eq!(
            (&line["type"], &line["name"]),
            (&"slow".into(), &"/one".into())
        );
    }
    let output = &all["outputs"][0];
    assert_eq!(
        (&output["output"], &output["sent"]),
        (&"samples".into(), &lines.len().into()),
        "{all:#}"
    );
    assert_eq!(text, written("another.jsonl").1);
}

#[test]
fn without_a_mock_there_are_no_requests_to_write() {
    let scripts = Folder::of("slow", SLOW);
    let ended = run(NOWHERE, &scripts.path(), &["--dry-run", "--samples"])
        .arg(scripts.root().join("none.jsonl"))
        .end()
        .with_code(0);
    ended.said("none.jsonl: nothing is written, since without answers no request is made; add --mock FILE.lua");
    assert!(!scripts.root().join("none.jsonl").exists());
}
