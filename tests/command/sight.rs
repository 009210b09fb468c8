//! What the program shows: on stdout the summary alone, everything else on stderr.

use serde_json::Value;

use super::program::run;
use super::{Answer, Folder, Target, browsing, throng};

const SECRETIVE: &str = "return { requests = 2, think = 0, step = function()
    http.post('/login?token=t0p', { json = { email = 'ann@example.com', password = 'hunter2' },
      headers = { Authorization = 'Bearer s3cret' } })
end }";

fn secretive_target() -> Target {
    Target::new(|_| Answer::Status(200, r#"{"access_token":"a1b2c3","name":"Ann"}"#.to_owned()))
}

fn shows_no_secret(text: &str) {
    for secret in ["hunter2", "s3cret", "t0p", "a1b2c3"] {
        assert!(!text.contains(secret), "{secret} is shown:\n{text}");
    }
}

#[test]
fn a_dry_run_prints_the_plan_and_sends_nothing() {
    let scripts = Folder::of(
        "buy",
        "return { weight = 1, requests = { 5, 8 }, think = { 1, 2 }, \
                                     steps = { { 1, function() end }, { 2, function() end } } }",
    )
    .with(
        "browse",
        "return { weight = 3, think = 0.5, step = function() end }",
    );
    let target = Target::fine();
    let words = [
        "--dry-run",
        "--users",
        "8",
        "--duration",
        "5m",
        "--seed",
        "7",
        "--cleanup",
        "--max-requests",
        "20",
        "--threads",
        "1",
    ];
    let ended = run(&target.url(), &scripts.path(), &words)
        .end()
        .with_code(0);
    assert_eq!(ended.stderr, "");
    let expected = format!(
        "\
target       {}/
scripts      {}
users        8 on 1 thread(s), started over 80ms
length       5m
mistakes     15 % of requests
seed         7
clean-up     at the end
stops if     failed > 90% for 60s, errors > 50% for 15s, p99 > 10s for 30s

type            users  weight  requests  think     steps  file
browse              6       3     10-20  0.5 s         1  scripts/browse.lua
buy                 2       1       5-8  1-2 s         2  scripts/buy.lua

nothing was sent (--dry-run); --mock FILE.lua shows more
",
        target.url(),
        scripts.path().display()
    );
    assert_eq!(ended.stdout, expected);
    assert_eq!(target.count(), 0);
}

#[test]
fn a_dry_run_finds_the_faults_that_a_run_would() {
    let target = Target::fine();
    let scripts = Folder::of("broken", "retrun {}");
    run(&target.url(), &scripts.path(), &["--dry-run"])
        .end()
        .with_code(3)
        .said("scripts/broken.lua:1: ");
    let scripts = Folder::of("browse", &browsing(1));
    let words = ["--dry-run", "--ca", "missing.pem"];
    run(&target.url(), &scripts.path(), &words)
        .end()
        .with_code(2)
        .said("missing.pem");
}

#[test]
fn a_trace_is_one_user_of_one_type_for_one_session_with_every_call_and_no_secret() {
    let target = secretive_target();
    let scripts = Folder::of("login", SECRETIVE).with("other", &browsing(9));
    let words = [
        "--trace",
        "login",
        "--users",
        "50",
        "--duration",
        "1h",
        "-v",
    ];
    let ended = run(&target.url(), &scripts.path(), &words)
        .end()
        .with_code(0);
    assert_eq!(target.count(), 2);
    let line = "POST /login?token=***  200  ";
    assert_eq!(ended.stdout.matches(line).count(), 2, "{}", ended.stdout);
    for shown in [
        "> Authorization: Bearer ***",
        r#""password":"***""#,
        "ann@example.com",
        r#""access_token":"***""#,
        r#""name":"Ann""#,
    ] {
        assert!(ended.stdout.contains(shown), "{shown}: {}", ended.stdout);
    }
    shows_no_secret(&ended.stderr);
    shows_no_secret(&ended.stdout);
}

#[test]
fn verbose_shows_each_request_and_debug_its_headers_and_body_too() {
    let scripts = Folder::of("login", SECRETIVE);
    let shown = |words: &[&str]| {
        let target = secretive_target();
        let words: Vec<&str> = ["--users", "2", "--ramp", "0"]
            .iter()
            .chain(words)
            .copied()
            .collect();
        let ended = run(&target.url(), &scripts.path(), &words)
            .end()
            .with_code(0);
        shows_no_secret(&ended.stderr);
        assert!(!ended.stdout.contains("-> 200"), "{}", ended.stdout);
        ended.stderr
    };
    let plain = shown(&[]);
    assert_eq!(plain.matches("-> 200").count(), 0, "{plain}");
    let verbose = shown(&["--verbose"]);
    assert_eq!(verbose.matches("-> 200").count(), 4, "{verbose}");
    assert!(!verbose.contains("Authorization"), "{verbose}");
    for words in [&["--debug"][..], &["--debug", "--verbose"]] {
        let debug = shown(words);
        assert_eq!(debug.matches("-> 200").count(), 4, "{debug}");
        assert_eq!(
            debug.matches("> Authorization: Bearer ***").count(),
            4,
            "{debug}"
        );
        assert_eq!(
            debug.matches("< Content-Type: application/json").count(),
            4,
            "{debug}"
        );
    }
}

#[test]
fn quiet_shows_the_summary_and_faults_alone() {
    let (target, scripts) = (Target::fine(), Folder::of("browse", &browsing(1)));
    let ended = run(&target.url(), &scripts.path(), &["--users", "1", "--quiet"])
        .end()
        .with_code(0);
    assert_eq!(ended.stderr, "");
    assert!(ended.stdout.contains("1 completed"), "{}", ended.stdout);
    let broken = Folder::of("broken", "return { step = function() error 'lost' end }");
    let ended = run(&target.url(), &broken.path(), &["--users", "1", "--quiet"])
        .end()
        .with_code(1);
    ended.said("scripts/broken.lua:1: lost");
    ended.said("every session failed");
}

#[test]
fn the_log_as_json_is_one_object_a_line_and_nothing_else() {
    let target = Target::new(|request| match request.method.as_str() {
        "DELETE" => Answer::Status(403, "{}".to_owned()),
        _ => Answer::Status(500, "{}".to_owned()),
    });
    let script = "return { requests = 300, think = 0.1, step = function(user)
        http.post('/things', { creates = { kind = 'thing', id = '/id', delete = { path = '/things/1' } } })
        http.get('/things', { expect = 500 })
        if user.requests_left < 180 then error 'enough' end
    end }";
    let scripts = Folder::of("maker", script);
    // Long enough for a line of progress.
    let words = [
        "--users",
        "1",
        "--verbose",
        "--log-format",
        "json",
        "--cleanup",
        "--no-breaker",
    ];
    let ended = run(&target.url(), &scripts.path(), &words)
        .end()
        .with_code(1);
    let mut messages = Vec::new();
    for line in ended.stderr.lines() {
        let object: Value =
            serde_json::from_str(line).unwrap_or_else(|why| panic!("{why}: {line}"));
        for field in ["timestamp", "level", "target"] {
            assert!(object[field].is_string(), "{line}");
        }
        messages.push(object["fields"]["message"].as_str().unwrap().to_owned());
    }
    let said = |text: &str| {
        assert!(
            messages.iter().any(|message| message.contains(text)),
            "{text}: {messages:#?}"
        )
    };
    said("-> 500");
    said("requests "); // progress
    said("enough");
    said("every session failed");
    assert!(
        ended.stdout.contains("throng "),
        "the summary stays text: {}",
        ended.stdout
    );
}

#[test]
fn a_run_that_cannot_begin_says_so_in_the_form_of_the_log() {
    let crowd = "return { setup = function() error 'no room' end }";
    let (target, scripts) = (
        Target::fine(),
        Folder::of("t", &browsing(1)).with("_crowd", crowd),
    );
    let ended = run(&target.url(), &scripts.path(), &["--log-format", "json"])
        .end()
        .with_code(1);
    let last: Value = serde_json::from_str(ended.stderr.lines().last().unwrap()).unwrap();
    assert_eq!(last["level"], "ERROR");
    assert_eq!(
        last["fields"]["message"],
        "setup failed: scripts/_crowd.lua:1: no room"
    );
}

#[test]
fn stdout_has_the_summary_and_nothing_else() {
    let (target, scripts) = (Target::fine(), Folder::of("browse", &browsing(2)));
    let ended = run(
        &target.url(),
        &scripts.path(),
        &["--users", "3", "--seed", "5"],
    )
    .end()
    .with_code(0);
    let lines: Vec<_> = ended.stdout.lines().take(3).collect();
    assert!(
        lines[0].starts_with("✓ Nothing was wrong: 6 requests in "),
        "{lines:?}"
    );
    assert!(
        lines[2].starts_with("throng ") && lines[2].ends_with("seed 5"),
        "{lines:?}"
    );
    assert!(ended.stdout.contains("\nrequests  6 ("), "{}", ended.stdout);
    assert!(
        ended.stdout.contains("\nsessions  3 completed\n"),
        "{}",
        ended.stdout
    );
    assert!(!ended.stdout.contains('\u{1b}'), "no colours in a pipe");
    ended.said(&format!("3 users against {}/, seed 5", target.url()));
}

#[test]
fn an_output_that_nobody_reads_is_no_panic() {
    let (target, scripts) = (Target::fine(), Folder::of("browse", &browsing(1)));
    let program = env!("CARGO_BIN_EXE_throng");
    let line = format!(
        "'{program}' run --no-listen --users 1 --base-url {} --script-dir '{}' | true",
        target.url(),
        scripts.path().display()
    );
    let done = std::process::Command::new("sh")
        .args(["-c", &line])
        .output()
        .unwrap();
    let said = String::from_utf8(done.stderr).unwrap();
    assert!(!said.contains("panic"), "{said}");
    assert_eq!(target.count(), 1);
}

#[test]
fn every_command_has_a_man_page() {
    let folder = tempfile::tempdir().unwrap();
    let pages = folder.path().join("man/man1");
    let pages_text = pages.display().to_string();
    let ended = throng(["man", &pages_text]).end().with_code(0);
    let help = throng(["--help"]).end().with_code(0).stdout;
    let commands = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let commands: Vec<_> = commands
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.strip_prefix("  "))
        // A description goes on further to the right.
        .filter(|line| !line.starts_with(' '))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .collect();
    assert!(commands.len() > 8, "{help}");
    for name in commands {
        let page = std::fs::read_to_string(pages.join(format!("throng-{name}.1"))).unwrap();
        assert!(page.contains(".SH SYNOPSIS"), "{name}: {page}");
    }
    let run = std::fs::read_to_string(pages.join("throng-run.1")).unwrap();
    assert!(
        run.contains("script\\-dir") || run.contains("script-dir"),
        "{run}"
    );
    assert!(pages.join("throng.1").exists());
    let count = std::fs::read_dir(&pages).unwrap().count();
    assert_eq!(ended.stdout, format!("{count} man pages in {pages_text}\n"));
    // In the place of a folder.
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let refused = throng(["man", &file.display().to_string()])
        .end()
        .with_code(1);
    refused.said("file: the man page cannot be written: ");
}

#[test]
fn shells_are_told_how_to_complete() {
    for (shell, mark) in [
        ("bash", "complete -F"),
        ("zsh", "#compdef throng"),
        ("fish", "complete -c throng"),
    ] {
        let ended = throng(["completions", shell]).end().with_code(0);
        assert!(ended.stdout.contains(mark), "{shell}: {}", ended.stdout);
        assert!(ended.stdout.contains("cleanup-interval"), "{shell}");
        assert_eq!(ended.stderr, "");
    }
    throng(["completions", "cmd"])
        .end()
        .with_code(2)
        .said("fish");
}
