//! What would otherwise go unnoticed is said: types without users, files that are no types, variables that nothing reads.

use std::process::Command;

use super::program;
use super::{Folder, Target, browsing, throng};

/// Three types of which two are too small for ten users.
fn uneven() -> Folder {
    let weighing = |weight: u32| {
        format!(
            "return {{ weight = {weight}, requests = {{ 1000000, 1000000 }}, think = 0.05, step = function() http.get '/' end }}"
        )
    };
    Folder::of("big", &weighing(98))
        .with("small", &weighing(1))
        .with("tiny", &weighing(1))
}

const UNPLAYED: &str = "no users of small (weight 1 of 100), tiny (weight 1 of 100): 10 users are too few for such a share; use at least 100 users or other weights";

#[test]
fn types_that_get_no_user_are_named_in_the_plan() {
    let folder = uneven();
    let plan = |users: &str| {
        throng(["run", "--dry-run", "--users", users, "--script-dir"])
            .arg(folder.path())
            .args(&["--base-url", "http://127.0.0.1:1"])
            .end()
            .with_code(0)
            .stdout
    };
    assert!(
        plan("10").contains(&format!("warning: {UNPLAYED}")),
        "{}",
        plan("10")
    );
    assert!(!plan("100").contains("no users of"), "{}", plan("100"));
    // 50 users give one of the two its user.
    assert!(plan("1").contains("one user is too few"), "{}", plan("1"));
}

#[test]
fn types_that_get_no_user_are_named_at_the_start_and_when_the_crowd_changes() {
    let (target, folder) = (Target::fine(), uneven());
    let keys = tempfile::tempdir().unwrap();
    let keys = keys.path().to_str().unwrap();
    let run = throng([
        "run",
        "--listen",
        "127.0.0.1:0",
        "--continuous",
        "--ramp",
        "0",
    ])
    .variable("XDG_RUNTIME_DIR", keys)
    .args(&[
        "--users",
        "100",
        "--base-url",
        &target.url(),
        "--script-dir",
    ])
    .arg(folder.path())
    .start();
    run.wait_for("control at http://");
    let set = |words: &str| {
        throng(["ctl", "set", words])
            .variable("XDG_RUNTIME_DIR", keys)
            .end()
            .with_code(0)
            .stdout
    };
    let fewer = set("users=10");
    assert_eq!(fewer, format!("users 100 -> 10; {UNPLAYED}\n"));
    run.wait_for(UNPLAYED);
    assert_eq!(set("users=100"), "users 10 -> 100\n");
    run.signal("INT");
    let ended = run.end();
    assert_eq!(
        ended.stderr.matches("no users of").count(),
        1,
        "{}",
        ended.stderr
    );
    let ended = throng([
        "run",
        "--no-listen",
        "--users",
        "10",
        "--duration",
        "1",
        "--ramp",
        "0",
    ])
    .args(&["--base-url", &target.url(), "--script-dir"])
    .arg(folder.path())
    .end();
    ended.said(UNPLAYED);
}

#[test]
fn files_that_are_no_types_are_named() {
    let target = Target::fine();
    let folder = Folder::of("browse", &browsing(1))
        .with("Login", "return 1")
        .with("2nd", "return 1")
        .with("_shared", "return {}");
    std::fs::write(folder.path().join("notes.txt"), "no script").unwrap();
    let words = "scripts/2nd.lua, scripts/Login.lua are passed over";
    let ended = program::run(&target.url(), &folder.path(), &["--users", "1"])
        .end()
        .with_code(0);
    ended.said(words);
    assert!(!ended.stderr.contains("_shared"), "{}", ended.stderr);
    let plan = throng([
        "run",
        "--dry-run",
        "--base-url",
        "http://127.0.0.1:1",
        "--script-dir",
    ])
    .arg(folder.path())
    .end()
    .with_code(0);
    assert!(plan.stdout.contains(words), "{}", plan.stdout);
    // Alone they are the reason why there is nothing to run.
    let folder = Folder::of("Login", &browsing(1));
    let ended = throng([
        "run",
        "--no-listen",
        "--base-url",
        &target.url(),
        "--script-dir",
    ])
    .arg(folder.path())
    .end()
    .with_code(3);
    ended.said("scripts/Login.lua is passed over: it has no name of a type");
}

#[test]
fn a_file_that_comes_later_and_is_no_type_is_named_too() {
    let target = Target::fine();
    let folder = Folder::of(
        "browse",
        "return { requests = 1000000, think = 0.05, step = function() http.get '/' end }",
    );
    let run = throng(["run", "--no-listen", "--continuous", "--users", "1"])
        .args(&["--base-url", &target.url(), "--script-dir"])
        .arg(folder.path())
        .start();
    target.wait_for(3);
    std::fs::write(folder.path().join("Late.lua"), "return 1").unwrap();
    run.wait_for("scripts/Late.lua is passed over");
}

#[test]
fn empty_variables_count_as_not_set() {
    let target = Target::fine();
    let folder = Folder::of("browse", &browsing(1));
    let mut program = throng([
        "run",
        "--no-listen",
        "--users",
        "2",
        "--base-url",
        &target.url(),
    ]);
    for name in [
        "USERS",
        "DURATION",
        "SESSIONS",
        "RAMP",
        "SEED",
        "THREADS",
        "CLEANUP",
        "CONTINUOUS",
        "QUIET",
        "LOG_FORMAT",
        "COLOR",
        "TOKEN",
        "LISTEN",
        "MAX_RPS",
        "STOP_IF",
        "CA",
        "PROXY",
        "RESOLVE",
        "ALLOW_HOST",
        "VARS",
        "SUMMARY_JSON",
        "TRACE",
        "USER_TYPES",
        "SCRIPT_DIR",
        "LIB_DIR",
        "LEDGER",
        "WATCH",
        "CANARY",
        "ERROR_RATE",
        "LOG",
    ] {
        program = program.variable(&format!("THRONG_{name}"), "");
    }
    let ended = program
        .arg("--script-dir")
        .arg(folder.path())
        .with_summary()
        .end()
        .with_code(0);
    assert_eq!(ended.summary()["run"]["users"], 2, "{:#}", ended.summary());
    ended.said("run ");
}

#[test]
fn a_wrong_value_names_its_variable() {
    for (name, value, told) in [
        (
            "THRONG_USERS",
            "abc",
            "--users abc (from THRONG_USERS): must be a whole number from 1 to 1,000,000",
        ),
        (
            "THRONG_DURATION",
            "soon",
            "--duration soon (from THRONG_DURATION)",
        ),
        (
            "THRONG_CLEANUP",
            "maybe",
            "THRONG_CLEANUP=maybe: is not a valid value of --cleanup",
        ),
    ] {
        let ended = throng(["run"]).variable(name, value).end().with_code(2);
        ended.said(told);
    }
    let ended = throng(["run", "--dry-run"])
        .variable("THRONG_USERS", "1000001")
        .end()
        .with_code(2);
    ended.said("--users 1000001 (from THRONG_USERS)");
}

#[test]
fn variables_that_nothing_reads_are_warned_of() {
    let target = Target::fine();
    let folder = Folder::of("browse", &browsing(1));
    let run = |words: &[&str]| {
        program::run(&target.url(), &folder.path(), &["--users", "1"])
            .args(words)
            .variable("THRONG_USRES", "5")
            .variable("THRONG_VUS", "5")
            .variable("THRONG_NOTHING_LIKE_IT", "5")
            .variable("THRONG_PASSWORD", "hush-hush")
            .variable("THRONG_SERVICE_SEED", "1")
            .variable("THRONG_CACHE", "/tmp")
            .end()
            .with_code(0)
    };
    let ended = run(&["-e", "THRONG_PASSWORD"]);
    ended.said("throng reads no variable THRONG_USRES; did you mean THRONG_USERS?");
    ended.said("throng reads no variable THRONG_VUS; did you mean THRONG_USERS?");
    ended.said("throng reads no variable THRONG_NOTHING_LIKE_IT");
    for known in [
        "THRONG_PASSWORD",
        "THRONG_SERVICE_SEED",
        "THRONG_CACHE",
        "THRONG_STATE_DIR",
    ] {
        assert!(!ended.stderr.contains(known), "{}", ended.stderr);
    }
    let json = run(&["--log-format", "json"]);
    for line in json.stderr.lines() {
        serde_json::from_str::<serde_json::Value>(line).unwrap();
    }
    json.said("THRONG_USRES");
    let ended = throng(["cleanup", "--list"])
        .variable("THRONG_RNU", "x")
        .end();
    ended.said("warning: throng reads no variable THRONG_RNU; did you mean THRONG_RUN?");
    let ended = program::run(&target.url(), &folder.path(), &["--users", "1"])
        .variable("THRONG_LOG", "throng=loud")
        .end();
    ended.said("THRONG_LOG=throng=loud");
}

#[test]
fn a_reader_that_has_read_enough_is_no_error() {
    let throng = env!("CARGO_BIN_EXE_throng");
    for words in ["completions bash", "run --help", "cleanup --list --json"] {
        // The reader is gone before anything is written.
        let line = format!("{{ sleep 0.2; {throng} {words}; echo code $? >&2; }} | true");
        let ended = Command::new("sh").args(["-c", &line]).output().unwrap();
        let stderr = String::from_utf8_lossy(&ended.stderr);
        assert_eq!(stderr, "code 0\n", "{words}");
    }
}

#[test]
fn a_log_of_json_has_fields_for_each_request() {
    let target = Target::new(|request| match request.path.as_str() {
        "/late" => super::Answer::Never,
        "/bad" => super::Answer::Status(500, "{}".to_owned()),
        _ => super::Answer::ok(),
    });
    let script = "return { requests = 3, think = 0, step = function()
        http.get '/fine' http.post('/bad', { json = { a = 1 } }) http.get('/late', { timeout = 0.2 }) end }";
    let folder = Folder::of("one", script).with(
        "_crowd",
        "return { setup = function() log.warn 'set up' end }",
    );
    let ended = throng([
        "run",
        "--no-listen",
        "--users",
        "1",
        "--verbose",
        "--log-format",
        "json",
    ])
    .args(&["--base-url", &target.url(), "--script-dir"])
    .arg(folder.path())
    .end();
    let lines: Vec<serde_json::Value> = ended
        .stderr
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let requests: Vec<_> = lines
        .iter()
        .filter(|line| line["target"] == "throng::request")
        .map(|line| &line["fields"])
        .collect();
    assert_eq!(requests.len(), 3, "{}", ended.stderr);
    let told = |at: usize, key: &str| requests[at][key].clone();
    assert_eq!(
        (told(0, "method"), told(0, "status"), told(0, "outcome")),
        ("GET".into(), 200.into(), "ok".into())
    );
    assert_eq!(
        (told(1, "method"), told(1, "status"), told(1, "outcome")),
        ("POST".into(), 500.into(), "unexpected".into())
    );
    assert_eq!(
        (told(2, "method"), told(2, "error"), told(2, "outcome")),
        ("GET".into(), "timeout".into(), "error".into())
    );
    for at in 0..3 {
        let seconds = told(at, "seconds").as_f64().unwrap();
        assert!(seconds > 0.0 && seconds < 30.0, "{seconds}");
        assert!(told(at, "url").as_str().unwrap().starts_with(&target.url()));
    }
    assert!(told(2, "seconds").as_f64().unwrap() >= 0.19);
    let setup = lines.iter().find(|line| {
        line["fields"]["message"]
            .as_str()
            .unwrap()
            .contains("set up")
    });
    assert_eq!(setup.unwrap()["fields"]["message"], "_crowd: set up");
}

#[test]
fn a_summary_in_a_pipe_is_whole_whatever_the_columns() {
    let target = Target::fine();
    let path = format!("/{}", "long/".repeat(35));
    let script =
        format!("return {{ requests = 1, think = 0, step = function() http.get '{path}' end }}");
    let folder = Folder::of("browse", &script);
    for columns in ["40", "", "nonsense", "500"] {
        let ended = program::run(&target.url(), &folder.path(), &["--users", "1"])
            .variable("COLUMNS", columns)
            .end()
            .with_code(0);
        assert!(ended.stdout.contains(&path), "{columns}: {}", ended.stdout);
        assert!(!ended.stdout.contains("..."), "{columns}: {}", ended.stdout);
    }
}
