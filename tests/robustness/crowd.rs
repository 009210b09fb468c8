//! Whole runs of the real program with bad scripts, against bad targets, and through a restart of the service.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;

use crate::support::program::run;
use crate::support::scripts::Folder;
use crate::support::service::Service;
use crate::support::target::{Answer, Target};

/// A debug build on a busy machine is slower than `tests/bench/misbehave` measures; without turns the bad types of
/// this test hold up a shard for seconds.
const HELD_UP_AT_MOST: f64 = 1.0;

const BAD: [(&str, &str); 5] = [
    ("loop", "while true do end"),
    (
        "pcall",
        "while true do pcall(function() while true do end end) end",
    ),
    (
        "sort",
        "table.sort({ 3, 2, 1 }, function() while true do end end)",
    ),
    ("pattern", "('x'):rep(100000):find(('.-'):rep(30) .. 'b')"),
    ("memory", "local s = 'x' while true do s = s .. s end"),
];

#[test]
fn users_beside_bad_scripts_are_not_held_up() {
    let target = Target::fine();
    let good = "return { think = 0.02, requests = 1000, step = function() http.get('/good') end }";
    let mut scripts = Folder::of("good", good);
    for (name, body) in BAD {
        let text = format!("return {{ weight = 0.4, think = 0, step = function()\n{body}\nend }}");
        scripts = scripts.with(name, &text);
    }
    let words = [
        "--users",
        "15",
        "--duration",
        "4s",
        "--ramp",
        "0",
        "--threads",
        "1",
        "--no-valve",
    ];
    let ended = run(&target.url(), &scripts.path(), &words)
        .with_summary()
        .end();
    assert!(!ended.stderr.contains("panic"), "{}", ended.stderr);
    let summary = ended.summary();
    let types = summary["types"].as_array().unwrap();
    let good = types.iter().find(|kind| kind["name"] == "good").unwrap();
    let p99 = good["latency_seconds"]["p99"].as_f64().unwrap();
    let count = good["requests"]["ok"].as_u64().unwrap();
    assert!(count > 50, "{good:#}");
    assert!(p99 < HELD_UP_AT_MOST, "{p99} s: {good:#}");
    // Those that hold up the shard rest for seconds in between: not every one has its turn in a run as short as this.
    let failed = |kind: &&Value| kind["sessions"]["failed"].as_u64().unwrap() > 0;
    let bad = types.iter().filter(failed).count();
    assert!(bad > 1, "{types:#?}");
}

/// Each kind of bad answer, one after the other, and good ones between.
fn zoo(number: usize) -> Answer {
    let head = "HTTP/1.1 200 OK\r\n";
    match number % 12 {
        0 => Answer::Bytes(Vec::new()),
        1 => Answer::Bytes(b"SSH-2.0-OpenSSH_9.2\r\n".to_vec()),
        2 => Answer::Bytes(format!("{head}Content-Length: -1\r\n\r\n").into()),
        3 => Answer::Bytes(format!("{head}Content-Length: 10\r\n\r\nhalf").into()),
        4 => Answer::Bytes(format!("{head}Transfer-Encoding: chunked\r\n\r\nzz\r\n").into()),
        5 => Answer::Bytes(format!("{head}X: {}\r\n\r\n", "y".repeat(1 << 20)).into()),
        6 => Answer::Bytes("HTTP/1.1 103 Early\r\n\r\n".repeat(1000).into()),
        7 => Answer::Bytes(
            format!("{head}Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnone").into(),
        ),
        8 => Answer::Never,
        9 => Answer::Status(500, "{}".to_owned()),
        _ => Answer::ok(),
    }
}

#[test]
fn a_run_against_a_zoo_ends_and_counts() {
    let number = AtomicUsize::new(0);
    let target = Target::new(move |_| zoo(number.fetch_add(1, Ordering::Relaxed)));
    // A POST is never sent again by itself, so that each request comes once.
    let script = "return { requests = 30, think = 0, step = function() http.post('/x', { json = {}, timeout = 0.3, idempotent = false }) end }";
    let script = script.replace(", idempotent = false", "");
    let scripts = Folder::of("visitor", &script);
    let words = [
        "--users",
        "4",
        "--duration",
        "4s",
        "--ramp",
        "0",
        "--no-valve",
    ];
    let ended = run(&target.url(), &scripts.path(), &words)
        .with_summary()
        .end();
    assert!(!ended.stderr.contains("panic"), "{}", ended.stderr);
    let summary = ended.summary();
    let requests = &summary["requests"];
    // All that came, but for those whose time was over before they could be sent.
    let (total, came) = (requests["total"].as_u64().unwrap(), target.count() as u64);
    let errors = summary["errors"].as_array().unwrap();
    let late = errors.iter().find(|error| error["kind"] == "timeout");
    let late = late.map_or(0, |error| error["count"].as_u64().unwrap());
    assert!(
        came <= total && total <= came + late,
        "{came} came: {requests}"
    );
    let kinds: Vec<&str> = summary["errors"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|error| error["kind"].as_str())
        .collect();
    for kind in ["reset", "protocol", "truncated", "decode", "timeout"] {
        assert!(kinds.contains(&kind), "{kind} in {kinds:?}");
    }
    assert!(requests["ok"].as_u64().unwrap() > 0);
    assert!(matches!(ended.code, Some(0 | 1)), "{:?}", ended.code);
}

#[test]
fn the_crowd_goes_on_when_the_service_comes_back() {
    let service = Service::start();
    let address = service.address();
    let script =
        "return { requests = 1000000, think = 0.05, step = function() http.get('/health') end }";
    let scripts = Folder::of("visitor", script);
    let words = [
        "--users",
        "5",
        "--continuous",
        "--ramp",
        "0",
        "--no-valve",
        "--verbose",
    ];
    let run = run(&format!("http://{address}"), &scripts.path(), &words)
        .fast()
        .with_summary()
        .start();
    run.wait_for("-> 200");
    service.stop();
    run.wait_for("cannot connect");
    let again = Service::start_at(address);
    run.wait_for("-> 200");
    run.signal("INT");
    let ended = run.end();
    drop(again);
    assert!(!ended.stderr.contains("panic"), "{}", ended.stderr);
    let summary: Value = ended.summary();
    assert!(summary["requests"]["ok"].as_u64().unwrap() > 0);
    assert!(summary["requests"]["error"].as_u64().unwrap() > 0);
}
