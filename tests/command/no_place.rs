//! Summaries that cannot be written: an error, and all the same there on stderr.

use std::io::Read;
use std::path::Path;
use std::time::Duration;

use super::program::{Program, program, run, throng};
use super::{Folder, Target, browsing};
use crate::support::patience::until;

/// `throng run` with what the shell makes of it: `"$@"` is the program and its words.
fn by_the_shell(line: &str, target: &Target, scripts: &Folder, words: &[&str]) -> Program {
    let throng = env!("CARGO_BIN_EXE_throng");
    program("/bin/sh", ["-c", line, "sh", throng, "run", "--no-listen"])
        .args(&[
            "--sessions",
            "2",
            "--ramp",
            "0",
            "--base-url",
            &target.url(),
        ])
        .args(&["--users", "2"][..if words.contains(&"--users") { 0 } else { 2 }])
        .arg("--script-dir")
        .arg(scripts.path())
        .args(words)
}

fn json_in(text: &str) -> serde_json::Value {
    let from = text.find("\n{\n").map_or(0, |at| at + 1);
    let mut values = serde_json::Deserializer::from_str(&text[from..]).into_iter();
    values.next().unwrap().unwrap()
}

#[test]
fn a_summary_that_stdout_does_not_take_is_an_error_and_on_stderr() {
    let (target, scripts) = (Target::fine(), Folder::of("browse", &browsing(3)));
    let cases = [
        ("exec \"$@\" > /dev/full", "No space left on device"),
        ("exec \"$@\" >&-", "it is closed"),
        // A reader that has gone before the end; the shell has the code of the last in a pipeline.
        (
            "{ \"$@\"; echo \"code $?\" >&2; } | true; exit 1",
            "Broken pipe",
        ),
    ];
    for (line, why) in cases {
        let ended = by_the_shell(line, &target, &scripts, &["--think-factor", "0"])
            .end()
            .with_code(1);
        ended.said("2 users against ");
        ended.said("requests  6");
        ended.said(&format!(
            "the summary cannot be written to stdout, so it is here: {why}"
        ));
        assert_eq!(ended.stdout, "", "{line}");
        if line.contains("code") {
            ended.said("code 1");
        }
    }
    // Where nothing at all can be said there is still the code.
    let ended = by_the_shell("exec \"$@\" > /dev/full 2>&1", &target, &scripts, &[]);
    let ended = ended.end().with_code(1);
    assert_eq!(ended.stderr, "");
    assert_eq!(target.count(), 4 * 6);
}

#[test]
fn a_json_summary_that_cannot_be_written_is_an_error_and_on_stderr() {
    let (target, scripts) = (Target::fine(), Folder::of("browse", &browsing(3)));
    let words = ["--users", "2", "--ramp", "0", "--summary-json", "/dev/full"];
    let ended = run(&target.url(), &scripts.path(), &words)
        .end()
        .with_code(1);
    ended
        .said("the summary cannot be written to /dev/full, so it is here: No space left on device");
    assert_eq!(json_in(&ended.stderr)["requests"]["total"], 6);
    assert!(ended.stdout.contains("requests  6"), "{}", ended.stdout);
    let words = ["--summary-json", "-"];
    let ended = by_the_shell("exec \"$@\" > /dev/full", &target, &scripts, &words);
    let ended = ended.end().with_code(1);
    ended.said("the summary cannot be written to stdout, so it is here: No space");
    assert_eq!(json_in(&ended.stderr)["requests"]["total"], 6);
}

#[test]
fn a_dash_is_stdout_and_the_words_go_to_stderr() {
    let (target, scripts) = (Target::fine(), Folder::of("browse", &browsing(3)));
    let words = ["--users", "2", "--ramp", "0", "--summary-json", "-"];
    let ended = run(&target.url(), &scripts.path(), &words)
        .end()
        .with_code(0);
    let summary: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(summary["requests"]["total"], 6);
    ended.said("requests  6");
    assert!(!Path::new("-").exists());
}

#[test]
fn a_file_is_whole_or_as_it_was() {
    let (target, scripts) = (Target::fine(), Folder::of("browse", &browsing(3)));
    let file = scripts.root().join("out.json");
    let named = file.display().to_string();
    std::fs::write(&file, "as it was").unwrap();
    // Files grow to 1 kB and no further.
    let line = "trap '' XFSZ; ulimit -f 2; exec \"$@\"";
    let words = ["--ledger", "best-effort", "--summary-json", &named];
    let ended = by_the_shell(line, &target, &scripts, &words);
    let ended = ended.end().with_code(1);
    ended.said("so it is here: File too large");
    assert_eq!(json_in(&ended.stderr)["requests"]["total"], 6);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "as it was");
    // With room it is replaced, through a link too, and keeps its permissions.
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o640)).unwrap();
    let link = scripts.root().join("link.json");
    std::os::unix::fs::symlink(&file, &link).unwrap();
    let named = link.display().to_string();
    by_the_shell(
        "exec \"$@\"",
        &target,
        &scripts,
        &["--summary-json", &named],
    )
    .end()
    .with_code(0);
    assert!(link.is_symlink());
    assert_eq!(
        json_in(&std::fs::read_to_string(&file).unwrap())["requests"]["total"],
        6
    );
    let mode = std::fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o640);
    let mut left: Vec<_> = std::fs::read_dir(scripts.root())
        .unwrap()
        .flatten()
        .map(|entry| entry.file_name())
        .collect();
    left.sort();
    assert_eq!(
        left,
        ["link.json", "out.json", "scripts"],
        "nothing is left beside it"
    );
}

#[test]
fn a_pipe_without_a_reader_does_not_hold_up_the_end() {
    let (target, scripts) = (Target::fine(), Folder::of("browse", &browsing(3)));
    let pipe = scripts.root().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    let words = [
        "--users",
        "2",
        "--ramp",
        "0",
        "--summary-json",
        pipe.to_str().unwrap(),
    ];
    let ended = run(&target.url(), &scripts.path(), &words)
        .end()
        .with_code(1);
    ended.said("so it is here: nobody opened it for reading within 5 s");
    assert_eq!(json_in(&ended.stderr)["requests"]["total"], 6);
    // With a reader it goes there.
    let reader = {
        let pipe = pipe.clone();
        std::thread::spawn(move || {
            let mut text = String::new();
            std::fs::File::open(pipe)
                .unwrap()
                .read_to_string(&mut text)
                .unwrap();
            text
        })
    };
    run(&target.url(), &scripts.path(), &words)
        .end()
        .with_code(0);
    assert_eq!(json_in(&reader.join().unwrap())["requests"]["total"], 6);
}

#[test]
fn a_second_signal_ends_it_while_it_writes() {
    let (target, scripts) = (Target::fine(), Folder::of("browse", &browsing(3)));
    // A reader of stdout that does not read; the JSON is longer than what a pipe holds.
    let names: Vec<String> = (0..200)
        .map(|at| format!("http.get('/page', {{ name = 'page {at:0150}' }})"))
        .collect();
    let script = format!(
        "return {{ requests = 200, think = 0, step = function() {} end }}",
        names.join(" ")
    );
    let scripts = scripts.with("browse", &script);
    let line = "\"$@\" & echo \"pid $!\" >&2; wait $!";
    let run = by_the_shell(
        &format!("{{ {line}; }} | sleep 20"),
        &target,
        &scripts,
        &["--users", "1", "--summary-json", "-"],
    )
    .start();
    let pid = run.wait_for("pid ").replace("pid ", "");
    run.wait_for("lag ");
    let signal = |name: &str| {
        let sent = std::process::Command::new("kill")
            .args(["-s", name, &pid])
            .status();
        sent.is_ok_and(|sent| sent.success())
    };
    let is_there = || Path::new(&format!("/proc/{pid}/exe")).exists();
    assert!(signal("INT"));
    // The first one lets it write, as long as that takes.
    std::thread::sleep(Duration::from_millis(100));
    assert!(is_there() && signal("TERM"));
    until("its end", || !is_there());
}

#[test]
fn a_place_that_cannot_be_written_is_said_before_the_run() {
    let (target, scripts) = (Target::fine(), Folder::of("browse", &browsing(3)));
    let root = scripts.root().display().to_string();
    let long = format!("{root}/{}", "n".repeat(300));
    let cases = [
        (
            root.clone(),
            "is a folder; name a file in it, such as summary.json",
        ),
        (
            format!("{root}/missing/out.json"),
            "its folder is not there; make it",
        ),
        (format!("{root}/new/"), "is not a valid file name"),
        (
            format!("{root}/scripts/browse.lua/out.json"),
            "Not a directory",
        ),
        (long, "File name too long"),
        (
            "/proc/out.json".to_owned(),
            "name a file that can be written",
        ),
    ];
    for (place, why) in cases {
        let words = ["--summary-json", &place];
        let ended = run(&target.url(), &scripts.path(), &words)
            .end()
            .with_code(2);
        ended.said(&format!("--summary-json {place}: "));
        ended.said(why);
    }
    assert_eq!(target.count(), 0, "nothing was sent");
}

#[test]
fn whatever_is_printed_is_an_error_where_it_cannot_be() {
    let (target, scripts) = (Target::fine(), Folder::of("browse", &browsing(3)));
    let words = ["--dry-run"];
    let ended = by_the_shell("exec \"$@\" > /dev/full", &target, &scripts, &words);
    ended
        .end()
        .with_code(1)
        .said("cannot write to stdout: No space left on device");
    let throng_of =
        |line: &str| program("/bin/sh", ["-c", line, "sh", env!("CARGO_BIN_EXE_throng")]);
    throng_of("exec \"$@\" cleanup --list > /dev/full")
        .end()
        .with_code(1);
    throng_of("exec \"$@\" cleanup --list >&-")
        .end()
        .with_code(1)
        .said("it is closed");
    // An error that nobody can be told is still one.
    throng_of("exec \"$@\" run --users none 2> /dev/full")
        .end()
        .with_code(2);
    throng(["cleanup", "--list"]).end().with_code(0);
}
