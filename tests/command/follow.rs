//! A run is followed from elsewhere: `throng ctl watch` and `throng ctl logs` against the real program.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;

use super::program::{Program, Run};
use super::{Answer, Folder, Target, throng};
use crate::support::patience::until;

/// A type that says what it does, and whose every tenth step raises an error.
const TALKS: &str = "local steps = 0
return { requests = 1000000, think = 0.1, step = function()
  http.get '/page'
  steps = steps + 1
  log.info('step', { n = steps, secret = vars.API_KEY })
  if steps == 3 then log.warn('the third') end
  if steps == 5 then error('on purpose') end
end }";

/// A type whose requests fail.
const FAILS: &str =
    "return { requests = 1000000, think = 0.1, step = function() http.get '/broken' end }";

struct Followed {
    _scripts: Folder,
    run: Run,
    keys: tempfile::TempDir,
}

fn start(target: &Target, words: &[&str]) -> Followed {
    let scripts = Folder::of("talks", TALKS).with("fails", FAILS);
    let keys = tempfile::tempdir().unwrap();
    let run = throng([
        "run",
        "--listen",
        "127.0.0.1:0",
        "--continuous",
        "--no-valve",
    ])
    .variable("XDG_RUNTIME_DIR", keys.path().to_str().unwrap())
    .args(&["--ramp", "0", "--users", "4", "--breaker", "0", "--quiet"])
    .args(&["-e", "API_KEY=hush-hush-hush", "--base-url", &target.url()])
    .arg("--script-dir")
    .arg(scripts.path())
    .args(words)
    .with_summary()
    .start();
    target.wait_for(20);
    Followed {
        _scripts: scripts,
        run,
        keys,
    }
}

fn target() -> Target {
    Target::new(|request| match request.path.as_str() {
        "/broken" => Answer::Status(503, "{}".to_owned()),
        _ => Answer::ok(),
    })
}

impl Followed {
    fn ctl(&self, words: &[&str]) -> Program {
        throng(["ctl"])
            .variable("XDG_RUNTIME_DIR", self.keys.path().to_str().unwrap())
            .args(words)
    }

    fn logs(&self, words: &[&str]) -> Vec<Value> {
        let words = [&["logs", "--json"], words].concat();
        let ended = self.ctl(&words).end().with_code(0);
        let lines = ended.stdout.lines();
        lines
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    fn address(&self) -> SocketAddr {
        let file = std::fs::read_dir(self.keys.path().join("throng")).unwrap();
        let file = file.map(|file| file.unwrap().path()).next().unwrap();
        let key: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
        key["address"].as_str().unwrap().parse().unwrap()
    }
}

fn values<'a>(entries: &'a [Value], key: &str) -> Vec<&'a str> {
    let values = entries
        .iter()
        .map(|entry| entry[key].as_str().unwrap_or(""));
    let mut values: Vec<&str> = values.collect();
    values.sort_unstable();
    values.dedup();
    values
}

#[test]
fn the_log_has_events_scripts_and_failures_by_level_kind_and_type_and_no_secret() {
    let target = target();
    let followed = start(&target, &[]);
    for kind in ["script", "failure"] {
        until(kind, || {
            !followed
                .logs(&["--level", "error", "--kind", kind])
                .is_empty()
        });
    }
    followed.ctl(&["pause"]).end().with_code(0);
    let all = followed.logs(&[]);
    assert_eq!(values(&all, "kind"), ["event", "failure", "run", "script"]);
    assert_eq!(values(&all, "level"), ["error", "info", "warn"]);
    let numbers: Vec<u64> = all
        .iter()
        .map(|one| one["number"].as_u64().unwrap())
        .collect();
    assert!(
        numbers.is_sorted_by(|one, other| one < other),
        "{numbers:?}"
    );
    let pause = all.iter().find(|one| one["kind"] == "event").unwrap();
    assert!(
        pause["text"].as_str().unwrap().starts_with("pause: "),
        "{pause}"
    );
    let said = serde_json::to_string(&all).unwrap();
    assert!(
        said.contains("***") && !said.contains("hush-hush"),
        "{said}"
    );
    assert!(!said.contains("token "), "{said}");

    let failures = followed.logs(&["--kind", "failure"]);
    assert_eq!(values(&failures, "kind"), ["failure"]);
    assert_eq!(failures[0]["type"], "fails");
    assert_eq!(failures[0]["text"], "GET /broken: status 503");
    assert!(failures[0]["lines"].as_str().unwrap().contains("-> 503"));
    let of_type = followed.logs(&["--type", "talks", "--level", "warn"]);
    assert_eq!(values(&of_type, "type"), ["talks"]);
    assert_eq!(values(&of_type, "level"), ["error", "warn"]);
    assert!(
        of_type
            .iter()
            .any(|one| one["text"].as_str().unwrap().ends_with("the third"))
    );
    assert_eq!(followed.logs(&["--since", "0"]), [Value::Null; 0]);
    let text = followed
        .ctl(&["logs", "--kind", "failure"])
        .end()
        .with_code(0);
    let line = text.stdout.lines().next().unwrap();
    assert!(
        line.ends_with(" ERROR failure fails: GET /broken: status 503"),
        "{line}"
    );
    followed
        .ctl(&["logs", "--level", "loud"])
        .end()
        .with_code(2)
        .said("--level loud: is not a valid level; give error, warn, info or debug");
    followed.run.signal("INT");
    followed.run.end();
}

#[test]
fn every_failed_request_is_an_entry_or_is_counted_in_one() {
    let target = target();
    let followed = start(&target, &[]);
    let follower = followed
        .ctl(&["logs", "--follow", "--json", "--kind", "failure"])
        .start();
    follower.wait_on_stdout("/broken");
    followed.run.signal("INT");
    let ended = followed.run.end();
    let failed = ended.summary()["requests"]["unexpected"].as_u64().unwrap();
    let followed = follower.end().with_code(0);
    let mut counted = 0;
    for line in followed.stdout.lines() {
        let entry: Value = serde_json::from_str(line).unwrap();
        let text = entry["text"].as_str().unwrap();
        let more = text
            .strip_prefix("and ")
            .and_then(|rest| rest.split(' ').next());
        counted += more.map_or(1, |count| count.parse::<u64>().unwrap());
    }
    assert_eq!(counted, failed);
    let broken = target.requests();
    let broken = broken.iter().filter(|one| one.path == "/broken").count();
    assert_eq!(broken as u64, failed);
}

#[test]
fn who_follows_the_log_sees_what_comes_and_the_end_of_the_run() {
    let target = target();
    let followed = start(&target, &[]);
    let follower = followed.ctl(&["logs", "-f", "--kind", "event,run"]).start();
    let other = followed.ctl(&["logs", "-f"]).start();
    other.wait_on_stdout("step");
    other.signal("INT");
    other.end().with_code(0);
    followed.ctl(&["set", "users=3"]).end().with_code(0);
    let line = follower.wait_on_stdout("set: users 4 -> 3");
    assert!(line.contains(" INFO event "), "{line}");
    followed.run.signal("INT");
    followed.run.end();
    let ended = follower.end().with_code(0);
    assert!(ended.stdout.contains("stop: "), "{}", ended.stdout);
    // Time, level and kind: what the generator says of itself is of the run, too.
    let kinds = ended.stdout.lines();
    let kinds = kinds.filter_map(|line| line.split_whitespace().nth(2));
    let others: Vec<_> = kinds
        .filter(|kind| !["event", "run"].contains(kind))
        .collect();
    assert!(others.is_empty(), "{others:?}: {}", ended.stdout);
}

#[test]
fn a_run_is_watched_line_by_line_until_its_end() {
    let target = target();
    let followed = start(
        &target,
        &["--fail-if", "failed > 99%", "--fail-if", "p95 > 1h"],
    );
    let text = followed.ctl(&["watch"]).start();
    let json = followed.ctl(&["watch", "--json"]).start();
    let line = text.wait_on_stdout("2 of 2 thresholds pass");
    assert!(
        line.contains("users 4 of 4; last second ") && line.contains(", p95 "),
        "{line}"
    );
    json.wait_on_stdout("elapsed_seconds");
    let left = followed.ctl(&["watch"]).start();
    left.wait_on_stdout("users 4 of 4");
    left.signal("INT");
    left.end().with_code(0);
    followed.run.signal("INT");
    let summary = followed.run.end().summary();
    assert!(
        text.end()
            .with_code(0)
            .stdout
            .ends_with("the run is over\n")
    );
    let json = json.end().with_code(0);
    let seconds: Vec<Value> = json
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let last = seconds.last().unwrap();
    assert_eq!(last["phase"], "done");
    assert_eq!(last["requests"], summary["requests"]["total"]);
    assert_eq!(last["requests"], target.count() as u64);
    assert_eq!(last["thresholds"].as_array().unwrap().len(), 2);
    let ages = seconds
        .iter()
        .map(|one| one["elapsed_seconds"].as_f64().unwrap());
    assert!(ages.is_sorted(), "{}", json.stdout);
    throng(["ctl", "watch"])
        .variable("XDG_RUNTIME_DIR", followed.keys.path().to_str().unwrap())
        .end()
        .with_code(1)
        .said("this user has no run on this machine");
}

/// Stands between a client and a run, and cuts the first connections after so many bytes of the run.
struct Between {
    address: SocketAddr,
    connections: Arc<AtomicUsize>,
}

impl Between {
    fn cutting(first: usize, after: usize, run: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let connections = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&connections);
        std::thread::spawn(move || {
            for client in listener.incoming() {
                let number = count.fetch_add(1, Ordering::SeqCst);
                let most = if number < first { after } else { usize::MAX };
                let client = client.unwrap();
                std::thread::spawn(move || pass_on(client, run, most));
            }
        });
        Self {
            address,
            connections,
        }
    }

    fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

/// Passes the request on, and so many bytes of what is answered.
fn pass_on(mut client: TcpStream, run: SocketAddr, most: usize) {
    let Ok(mut run) = TcpStream::connect(run) else {
        return;
    };
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        if !matches!(client.read(&mut byte), Ok(1)) {
            return;
        }
        head.push(byte[0]);
    }
    run.write_all(&head).unwrap();
    // A client that is gone needs no answer.
    let _ = std::io::copy(&mut run.take(most as u64), &mut client);
}

#[test]
fn a_connection_that_is_lost_is_made_again_without_a_gap() {
    let target = target();
    let followed = start(&target, &[]);
    until("200 entries", || followed.logs(&[]).len() >= 200);
    let between = Between::cutting(1, 20_000, followed.address());
    let words = ["logs", "-f", "--json", "--url", &between.url()];
    let follower = followed.ctl(&words).start();
    let last = followed.logs(&[]).last().unwrap()["number"].to_string();
    follower.wait_on_stdout(&format!("{{\"number\":{last},"));
    followed.run.signal("INT");
    followed.run.end();
    let ended = follower.end().with_code(0);
    let numbers = ended.stdout.lines().map(|line| {
        let entry: Value = serde_json::from_str(line).unwrap();
        entry["number"].as_u64().unwrap()
    });
    let numbers: Vec<u64> = numbers.collect();
    assert_eq!(numbers, (1..=numbers.len() as u64).collect::<Vec<_>>());
    assert_eq!(between.connections.load(Ordering::SeqCst), 2);
}

#[test]
fn a_run_that_was_killed_is_not_waited_for() {
    let target = target();
    let followed = start(&target, &[]);
    let follower = followed.ctl(&["watch"]).start();
    follower.wait_on_stdout("users 4 of 4");
    followed.run.signal("KILL");
    follower
        .end()
        .with_code(1)
        .said("was lost, and it cannot be made again");
}
