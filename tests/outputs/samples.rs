//! The file of single requests: what it has is what the target saw, and a failure can be repeated.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::{Folder, MIXED, mixed};
use crate::support::patience::until;
use crate::support::program::{program, run};
use crate::support::target::{Answer, Target};

/// The lines of a file, compressed or not.
fn lines(file: &Path) -> Vec<Value> {
    // There is none before the run begins.
    let mut bytes = std::fs::read(file).unwrap_or_default();
    if file.extension().is_some_and(|end| end == "zst") && !bytes.is_empty() {
        bytes = zstd::stream::decode_all(&*bytes).unwrap();
    }
    let text = String::from_utf8(bytes).unwrap();
    assert!(text.is_empty() || text.ends_with('\n'));
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn by_path(paths: impl Iterator<Item = String>) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for path in paths {
        *counts.entry(path).or_default() += 1;
    }
    counts
}

#[test]
fn every_request_that_the_target_saw_is_a_line() {
    for name in ["all.jsonl", "all.jsonl.zst"] {
        let (target, scripts) = (mixed(), Folder::of("mixed", MIXED));
        let file = scripts.root().join(name);
        let words = [
            "--users",
            "5",
            "--sessions",
            "20",
            "--no-valve",
            "--no-breaker",
            "--trace-context",
            "--samples",
        ];
        let ended = run(&target.url(), &scripts.path(), &words)
            .arg(&file)
            .with_summary()
            .end();
        let lines = lines(&file);
        let text = |line: &Value, field: &str| line[field].as_str().unwrap().to_owned();
        let ours = lines.iter().map(|line| {
            let url = text(line, "url");
            format!(
                "{} {}",
                text(line, "method"),
                url.trim_start_matches(&target.url())
            )
        });
        let theirs = target.requests();
        let theirs = theirs
            .iter()
            .map(|one| format!("{} {}", one.method, one.path));
        assert_eq!(by_path(ours), by_path(theirs));
        let summary = ended.summary();
        assert_eq!(summary["requests"]["total"], lines.len());
        assert_eq!(summary["outputs"][0]["sent"], lines.len());
        for outcome in ["ok", "expected", "unexpected", "error"] {
            let count = lines
                .iter()
                .filter(|line| line["outcome"] == outcome)
                .count();
            assert_eq!(summary["requests"][outcome], count, "{outcome}");
        }
        let traces: Vec<_> = target
            .requests()
            .iter()
            .map(|one| {
                let line = one
                    .head
                    .iter()
                    .find_map(|line| line.strip_prefix("traceparent: "));
                line.unwrap().split('-').nth(1).unwrap().to_owned()
            })
            .collect();
        for line in &lines {
            let is_failure = line["outcome"] == "unexpected";
            assert_eq!(line.get("curl").is_some(), is_failure, "{line}");
            assert_eq!(line["type"], "mixed");
            assert!(
                ["look", "break"].contains(&line["step"].as_str().unwrap()),
                "{line}"
            );
            assert!(line["user"].as_u64().unwrap() < 5 && line["session"].as_u64().unwrap() >= 1);
            assert!(traces.contains(&text(line, "trace_id")));
            let service = line["service_seconds"].as_f64().unwrap();
            assert!(
                service > 0.0 && service <= line["response_seconds"].as_f64().unwrap() + 1e-6,
                "{line}"
            );
            let phases = line["phase_seconds"].as_object().unwrap();
            assert!(phases.contains_key("wait"), "{line}");
            assert!(text(line, "time").ends_with('Z'), "{line}");
        }
    }
}

#[test]
fn a_share_of_the_requests_and_every_failure_are_written() {
    let target = Target::new(|request| match request.path.as_str() {
        "/judged" => Answer::Status(200, "{\"sold_out\":true}".to_owned()),
        "/bad" => Answer::Status(503, "{}".to_owned()),
        _ => Answer::ok(),
    });
    let scripts = Folder::of(
        "many",
        "return { requests = 1200, think = 0, step = function()
            for _ = 1, 10 do http.get '/fine' end
            http.get('/judged'):fail('sold out')
            http.get '/bad'
        end }",
    );
    let file = scripts.root().join("some.jsonl.zst");
    let words = [
        "--users",
        "2",
        "--no-valve",
        "--no-breaker",
        "--seed",
        "5",
        "--samples-rate",
        "10%",
        "--samples",
    ];
    run(&target.url(), &scripts.path(), &words).arg(&file).end();
    let lines = lines(&file);
    let of = |path: &str| {
        let found = lines.iter().filter(|line| line["name"] == path);
        found.collect::<Vec<_>>()
    };
    assert_eq!(of("/judged").len(), 200);
    assert_eq!(of("/bad").len(), 200);
    // 200 of 2,000 by expectation; four standard deviations are 54.
    assert!(
        (146..=254).contains(&of("/fine").len()),
        "{}",
        of("/fine").len()
    );
    assert!(
        of("/judged")
            .iter()
            .all(|line| line["reason"] == "sold out" && line["outcome"] == "unexpected")
    );
}

#[test]
fn the_curl_line_of_a_failure_repeats_it() {
    let target = Target::new(|_| Answer::Status(500, "{}".to_owned()));
    let scripts = Folder::of(
        "one",
        r#"return { requests = 3, think = 0, step = function()
            http.post("/a?x=it's&y=$HOME", { json = { name = "O'Neill `x`", n = 1 }, headers = { ["X-Own"] = "a \"b\"" } })
            http.delete "/b"
            http.post("/c", { body = "plain", headers = { Authorization = "Bearer very-secret-token" } })
        end }"#,
    );
    let file = scripts.root().join("one.jsonl");
    run(
        &target.url(),
        &scripts.path(),
        &["--users", "1", "--no-valve", "--no-breaker", "--samples"],
    )
    .arg(&file)
    .end();
    let before = target.requests();
    assert_eq!(before.len(), 3);
    let lines = lines(&file);
    for line in &lines {
        let curl = line["curl"].as_str().unwrap();
        assert!(!curl.contains("very-secret-token"), "{curl}");
        let done = Command::new("sh")
            .args(["-c", &format!("{curl} --silent")])
            .output()
            .unwrap();
        assert!(done.status.success(), "{curl}: {done:?}");
    }
    let all = target.requests();
    for (first, again) in before.iter().zip(&all[3..]) {
        assert_eq!((&first.method, &first.path), (&again.method, &again.path));
        let fields = |request: &crate::support::target::Request| {
            let kept = request.head.iter().map(|line| line.to_lowercase());
            let kept = kept.filter(|line| {
                ["content-type:", "content-length:", "x-own:"]
                    .iter()
                    .any(|name| line.starts_with(name))
            });
            let mut kept: Vec<String> = kept.collect();
            kept.sort();
            kept
        };
        assert_eq!(fields(first), fields(again));
    }
}

#[test]
fn a_file_can_be_read_while_the_run_goes_on() {
    let target = Target::fine();
    let scripts = Folder::of(
        "slow",
        "return { requests = 1000, pace = 0.2, step = function() http.get '/' end }",
    );
    let file = scripts.root().join("live.jsonl.zst");
    let started = run(
        &target.url(),
        &scripts.path(),
        &["--users", "2", "--samples"],
    )
    .arg(&file)
    .start();
    // Lines wait for 5 s at most, however few there are.
    until("written", || !lines(&file).is_empty());
    started.signal("INT");
    started.end().with_code(0);
    assert_eq!(lines(&file).len(), target.count());
}

#[test]
fn a_disk_that_is_full_costs_lines_only() {
    let target = Target::fine();
    let scripts = Folder::of(
        "many",
        "return { requests = 2000, think = 0, step = function() http.get '/fine' end }",
    );
    let file = scripts.root().join("full.jsonl");
    // Files grow to 200 kB and no further; a line has about 300 bytes.
    let line = "trap '' XFSZ; ulimit -f 400; exec \"$@\"";
    let words = [
        "-c",
        line,
        "sh",
        env!("CARGO_BIN_EXE_throng"),
        "run",
        "--no-listen",
        "--users",
        "2",
        "--ramp",
        "0",
    ];
    let ended = program("/bin/dash", words)
        .args(&["--base-url", &target.url(), "--samples"])
        .arg(&file)
        .arg("--script-dir")
        .arg(scripts.path())
        .with_summary()
        .end()
        .with_code(0);
    assert_eq!(target.count(), 4_000);
    ended.said("samples cannot be written to ");
    let summary = ended.summary();
    let output = &summary["outputs"][0];
    let (sent, dropped) = (
        output["sent"].as_u64().unwrap(),
        output["dropped"].as_u64().unwrap(),
    );
    assert_eq!(sent + dropped, 4_000, "{output}");
    assert!(dropped > 0, "{output}");
    // What is there can be read.
    assert_eq!(lines(&file).len() as u64, sent);
    assert!(ended.stdout.contains(" dropped: "), "{}", ended.stdout);
}
