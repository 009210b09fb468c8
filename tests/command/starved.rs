//! A machine that gives too little: threads, open files, ports. It is the generator's fault, and said so.

use super::program::{Program, program};
use super::{Answer, Folder, Target, browsing};

/// `throng run` under limits that the shell sets.
fn limited(limits: &str, target: &Target, scripts: &Folder, words: &[&str]) -> Program {
    let (throng, line) = (
        env!("CARGO_BIN_EXE_throng"),
        format!("{limits}; exec \"$@\""),
    );
    program("/bin/sh", ["-c", &line, "sh", throng, "run", "--no-listen"])
        .args(&["--ramp", "0", "--base-url", &target.url()])
        .arg("--script-dir")
        .arg(scripts.path())
        .args(words)
        .with_summary()
}

#[test]
fn a_shard_that_cannot_start_ends_the_run_at_once() {
    let target = Target::fine();
    let crowd = "return { setup = function() http.post('/made', { json = {}, creates = { kind = 'thing', id = '/id', delete = { path = '/made/{id}' } } }) end }";
    let target_with_ids = Target::new(|_| Answer::Status(201, "{\"id\":\"n1\"}".to_owned()));
    let scripts = Folder::of("browse", &browsing(3));
    let words = ["--users", "100", "--threads", "100"];
    let ended = limited("ulimit -n 64", &target, &scripts, &words)
        .end()
        .with_code(1);
    ended.said(" of 100 cannot start: Too many open files");
    ended.said("give fewer --threads");
    assert_eq!(
        target.count(),
        0,
        "nobody begins where another shard cannot"
    );
    assert!(ended.took.as_secs() < 20, "{:?}", ended.took);
    // What was set up before is taken away again.
    let scripts = scripts.with("_crowd", crowd);
    let words = [&words[..], &["--cleanup"]].concat();
    limited("ulimit -n 64", &target_with_ids, &scripts, &words)
        .end()
        .with_code(1);
    let methods: Vec<_> = target_with_ids
        .requests()
        .into_iter()
        .map(|request| request.method)
        .collect();
    assert_eq!(methods, ["POST", "DELETE"]);
}

const PATIENT: &str = "return { requests = 2, think = 0.02, step = function()
    local res = http.get('/page')
    metrics.check(res.error or 'answered', true)
end }";

#[test]
fn what_cannot_leave_for_want_of_descriptors_is_the_generators_fault() {
    // Each user holds its connection: there are descriptors for some of them.
    let target = Target::new(|_| Answer::Late(std::time::Duration::from_millis(300), 200));
    let scripts = Folder::of("patient", PATIENT);
    let words = [
        "--users",
        "120",
        "--threads",
        "1",
        "--duration",
        "4",
        "--breaker",
        "5",
        "--stop-if",
        "errors > 1% for 1s",
    ];
    let ended = limited("ulimit -n 60", &target, &scripts, &words).end();
    let summary = ended.summary();
    let not_sent: u64 = summary["generator"]["not_sent"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["count"].as_u64().unwrap())
        .sum();
    assert!(not_sent > 60, "{summary:#}");
    // Nothing of it is the target's, or stands among its requests.
    let requests = &summary["requests"];
    assert_eq!(requests["error"], 0, "{summary:#}");
    assert_eq!(requests["unexpected"], 0);
    assert_eq!(
        requests["ok"],
        target.count(),
        "what it counts is what the target saw"
    );
    assert_eq!(summary["errors"], serde_json::json!([]));
    assert_eq!(summary["stopped_by"], serde_json::Value::Null);
    assert_eq!(
        summary["protection"]["breaker"]["requests"]
            .as_u64()
            .unwrap_or(0),
        0,
        "{summary:#}"
    );
    assert!(
        summary["latency_seconds"]["p50"].as_f64().unwrap() >= 0.29,
        "{summary:#}"
    );
    let checks = summary["checks"].as_array().unwrap();
    let generator = checks
        .iter()
        .find(|check| check["name"] == "generator")
        .unwrap();
    let told = generator["passed"].as_u64().unwrap();
    // The end of the run may come between the two.
    assert!(told > 0 && told <= not_sent, "{told} of {not_sent}");
    ended.said("this machine cannot send requests, which is not a failure of the target: ");
    ended.said("Too many open files (os error 24) (this process is out of file descriptors: raise `ulimit -n`)");
    assert!(
        ended
            .stdout
            .contains(" requests could not leave this machine: "),
        "{}",
        ended.stdout
    );
    assert!(
        !ended.stderr.contains("circuit breaker"),
        "{}",
        ended.stderr
    );
    assert!(
        !ended.stderr.contains("does not respond"),
        "{}",
        ended.stderr
    );
}

#[test]
fn the_soft_limit_is_raised_and_what_is_too_low_is_said_before_the_first_request() {
    let (target, scripts) = (Target::fine(), Folder::of("browse", &browsing(1)));
    let words = ["--users", "200", "--threads", "1"];
    let ended = limited("ulimit -Sn 64", &target, &scripts, &words)
        .end()
        .with_code(0);
    assert!(!ended.stderr.contains("open files"), "{}", ended.stderr);
    assert_eq!(target.count(), 200);
    let ended = limited("ulimit -n 250", &target, &scripts, &words)
        .end()
        .with_code(0);
    ended.said("200 users may need 272 open files, and this process may have 250");
    ended.said("`ulimit -n 272`");
    ended.said("LimitNOFILE=272");
    let words = [&words[..], &["--max-connections", "20"]].concat();
    let ended = limited("ulimit -n 250", &target, &scripts, &words)
        .end()
        .with_code(0);
    assert!(!ended.stderr.contains("open files"), "{}", ended.stderr);
    let words = [
        "--users",
        "1",
        "--threads",
        "1",
        "--max-connections",
        "1000",
        "--dry-run",
    ];
    let ended = limited("ulimit -n 250", &target, &scripts, &words)
        .end()
        .with_code(0);
    ended.said("warning: --max-connections 1000 may need 1072 open files");
}

#[test]
fn scripts_that_cannot_be_read_for_want_of_descriptors_are_not_refused() {
    // Idle connections take all descriptors until the users leave.
    let target = Target::new(|_| Answer::Late(std::time::Duration::from_millis(50), 200));
    let script = |path: &str, requests: u32| {
        format!(
            "return {{ requests = {requests}, think = 0.05, step = function() http.get('{path}') end }}"
        )
    };
    let scripts = Folder::of("one", &script("/old", 1_000_000));
    let words = [
        "--users",
        "100",
        "--threads",
        "1",
        "--continuous",
        "--watch",
        "poll",
    ];
    let run = limited("ulimit -n 60", &target, &scripts, &words).start();
    run.wait_for("users may need");
    let scripts = scripts.with("one", &script("/new", 1_000_000));
    run.wait_for("cannot be read: too many files are open");
    run.signal("TERM");
    let ended = run.end();
    let summary = ended.summary();
    assert_eq!(
        summary["reload_status"]["reloads"]["refused"]
            .as_u64()
            .unwrap_or(0),
        0,
        "{summary:#}"
    );
    drop(scripts);
}

#[test]
fn a_ledger_is_made_also_when_connections_have_taken_all_descriptors() {
    let next = std::sync::atomic::AtomicU64::new(0);
    let target = Target::new(move |request| {
        let id = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        match request.method.as_str() {
            "GET" => Answer::Late(std::time::Duration::from_millis(500), 200),
            _ => Answer::Status(201, format!("{{\"id\":\"n{id}\"}}")),
        }
    });
    // All connect at once, and create something only then.
    let script = "return { requests = 2, think = 0, on_start = function() http.get('/page') end, step = function()
        http.post('/things', { json = {}, creates = { kind = 'thing', id = '/id', delete = { path = '/things/{id}' } } }) end }";
    let scripts = Folder::of("maker", script);
    let words = [
        "--users",
        "120",
        "--threads",
        "1",
        "--cleanup",
        "--duration",
        "3",
    ];
    let ended = limited("ulimit -n 60", &target, &scripts, &words).end();
    let summary = ended.summary();
    assert!(
        !summary["generator"]["not_sent"]
            .as_array()
            .unwrap()
            .is_empty()
    );
    assert_eq!(
        summary["stopped_by"],
        serde_json::Value::Null,
        "{}",
        ended.stderr
    );
    let of = |method: &str| {
        target
            .requests()
            .iter()
            .filter(|request| request.method == method)
            .count()
    };
    assert!(of("POST") > 0);
    assert_eq!(of("POST"), of("DELETE"), "{}", ended.stderr);
    assert_eq!(summary["left_behind"], serde_json::json!({}));
}
