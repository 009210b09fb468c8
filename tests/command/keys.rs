//! The key that a run leaves for `throng ctl`: where it lies, whom it lets in, and when it goes.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::program::{Program, Run};
use super::{Folder, Target, browsing, throng};

/// A run without an end that leaves its key in this folder.
fn run(keys: &Path, target: &Target, scripts: &Folder, words: &[&str]) -> Program {
    throng(["run", "--continuous", "--users", "1", "--base-url"])
        .arg(target.url())
        .arg("--script-dir")
        .arg(scripts.path())
        .args(words)
        .variable("XDG_RUNTIME_DIR", keys.to_str().unwrap())
}

fn ctl(keys: &Path, words: &[&str]) -> Program {
    throng(["ctl"])
        .args(words)
        .variable("XDG_RUNTIME_DIR", keys.to_str().unwrap())
}

fn files(keys: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(keys.join("throng")) else {
        return Vec::new();
    };
    entries.map(|entry| entry.unwrap().path()).collect()
}

/// The only key there is.
fn key(keys: &Path) -> Value {
    let [file] = files(keys).try_into().unwrap();
    serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap()
}

fn started(program: Program) -> Run {
    let run = program.start();
    run.wait_for("control at http://");
    run
}

#[test]
fn a_run_that_listens_on_all_addresses_is_found_and_tells_nothing_without_its_token() {
    let (target, scripts) = (Target::fine(), Folder::of("browse", &browsing(1_000_000)));
    let keys = tempfile::tempdir().unwrap();
    let run = started(run(
        keys.path(),
        &target,
        &scripts,
        &["--listen", "0.0.0.0:0"],
    ));
    let key = key(keys.path());
    let address = key["address"].as_str().unwrap();
    assert!(address.starts_with("127.0.0.1:"), "{address}");
    let status = ctl(keys.path(), &["status", "--json"]).end().with_code(0);
    let status: Value = serde_json::from_str(&status.stdout).unwrap();
    assert_eq!(status["run"], key["run"]);
    assert_eq!(files(keys.path()).len(), 1, "the key is still there");
    let url = format!("http://{address}");
    let stranger = tempfile::tempdir().unwrap();
    ctl(stranger.path(), &["status", "--url", &url])
        .end()
        .with_code(1)
        .said("this needs the run's token");
    let token = key["token"].as_str().unwrap();
    let words = ["stop", "--url", &url, "--token", token];
    ctl(stranger.path(), &words).end().with_code(0);
    run.end().with_code(0);
}

#[test]
fn the_place_that_the_run_prints_is_one_to_give_to_ctl() {
    let (target, scripts) = (Target::fine(), Folder::of("browse", &browsing(1_000_000)));
    let keys = tempfile::tempdir().unwrap();
    let run = run(keys.path(), &target, &scripts, &["--listen", "127.0.0.1:0"]).start();
    let line = run.wait_for("control at http://");
    let url = line.split_once("control at ").unwrap().1;
    let url = url.split_once(", token ").unwrap().0;
    assert!(url.ends_with("/api/v1"), "{url}");
    ctl(keys.path(), &["pause", "--url", url])
        .end()
        .with_code(0);
    ctl(keys.path(), &["stop", "--url", url]).end().with_code(0);
    run.end().with_code(0);
}

#[test]
fn a_run_that_fails_or_is_cut_takes_its_key_away() {
    let (target, keys) = (Target::fine(), tempfile::tempdir().unwrap());
    let broken = Folder::of("browse", &browsing(1)).with(
        "_crowd",
        "return { setup = function() error 'no stock' end }",
    );
    let words = ["--listen", "127.0.0.1:0"];
    run(keys.path(), &target, &broken, &words)
        .end()
        .with_code(1)
        .said("no stock");
    assert!(keys.path().join("throng").is_dir(), "it had left one");
    assert_eq!(files(keys.path()), [] as [PathBuf; 0]);

    let silent = Target::new(|_| super::Answer::Never);
    let scripts = Folder::of("browse", &browsing(1));
    let run = started(run(keys.path(), &silent, &scripts, &words));
    silent.wait_for(1);
    assert_eq!(files(keys.path()).len(), 1);
    run.signal_twice();
    run.end().with_code(130);
    assert_eq!(files(keys.path()), [] as [PathBuf; 0]);
}

#[test]
fn a_key_is_not_left_where_others_could_have_a_hand_in_it() {
    let (target, scripts) = (Target::fine(), Folder::of("browse", &browsing(1)));
    let (keys, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let folder = keys.path().join("throng");
    std::os::unix::fs::symlink(elsewhere.path(), &folder).unwrap();
    let once = || {
        throng([
            "run",
            "--listen",
            "127.0.0.1:0",
            "--users",
            "1",
            "--base-url",
        ])
        .arg(target.url())
        .arg("--script-dir")
        .arg(scripts.path())
        .variable("XDG_RUNTIME_DIR", keys.path().to_str().unwrap())
    };
    let refused = "throng ctl needs --url and --token for this run";
    once().end().with_code(0).said(refused);
    assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 0);
    ctl(keys.path(), &["status"])
        .end()
        .with_code(1)
        .said("is not a folder of this user alone");

    fs::remove_file(&folder).unwrap();
    fs::create_dir(&folder).unwrap();
    let open = <fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o777);
    fs::set_permissions(&folder, open).unwrap();
    once().end().with_code(0).said(refused);
    assert_eq!(files(keys.path()), [] as [PathBuf; 0]);
}

#[test]
fn a_key_stays_while_somebody_listens_who_does_not_answer_and_goes_when_nobody_does() {
    let keys = tempfile::tempdir().unwrap();
    // Makes the folder as a run would.
    ctl(keys.path(), &["status"]).end().with_code(1);
    let leave = |name: &str, address: String| {
        let file = keys.path().join("throng").join(format!("{name}.json"));
        let key = json!({ "run": name, "pid": 1, "address": address, "token": "none-of-any" });
        fs::write(&file, key.to_string()).unwrap();
        file
    };
    // Takes connections and closes them without a word.
    let mute = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = mute.local_addr().unwrap().to_string();
    std::thread::spawn(move || mute.incoming().for_each(drop));
    // A port that was free a moment ago.
    let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr();
    let busy = leave("busy", address);
    let dead = leave("dead", gone.unwrap().to_string());
    let half = keys.path().join("throng/half.new");
    fs::write(&half, "{").unwrap();
    let garbled = leave("garbled", "nowhere".to_owned());
    ctl(keys.path(), &["status"])
        .end()
        .with_code(1)
        .said("no response from http://127.0.0.1:");
    assert!(busy.exists(), "a busy run keeps its key");
    assert!(!dead.exists(), "a dead run's key is cleaned up");
    assert!(
        half.exists() && garbled.exists(),
        "what is no key is left alone"
    );
}

#[test]
fn a_token_comes_from_a_file_that_must_hold_one() {
    let (target, scripts) = (Target::fine(), Folder::of("browse", &browsing(1_000_000)));
    let keys = tempfile::tempdir().unwrap();
    let file = scripts.root().join("token");
    let word = format!("@{}", file.display());
    let words = ["--listen", "127.0.0.1:0", "--token", &word];
    let refused = |why: &str| {
        run(keys.path(), &target, &scripts, &words)
            .end()
            .with_code(2)
            .said(why);
    };
    refused("No such file");
    fs::write(&file, "short\n").unwrap();
    refused("the token has 5 characters, which are easily guessed");
    fs::write(&file, "two words of it\n").unwrap();
    refused("the token has a blank");
    assert_eq!(target.count(), 0, "nothing was sent");
    fs::write(&file, "s3cr3t-of-a-file\n").unwrap();
    let run = started(run(keys.path(), &target, &scripts, &words));
    assert_eq!(key(keys.path())["token"], "s3cr3t-of-a-file");
    let address = key(keys.path())["address"].as_str().unwrap().to_owned();
    let url = format!("http://{address}");
    let stranger = tempfile::tempdir().unwrap();
    let stop = |token: &str| {
        let words = ["stop", "--url", &url, "--token", token];
        ctl(stranger.path(), &words).end()
    };
    stop("s3cr3t-of-a-guess").with_code(1);
    stop(&word).with_code(0);
    let ended = run.end().with_code(0);
    assert!(!ended.stderr.contains("s3cr3t"), "{}", ended.stderr);
}

#[test]
fn the_status_of_an_open_crowd_has_its_arrivals_and_no_planned_users() {
    let (target, scripts) = (Target::fine(), Folder::of("browse", &browsing(2)));
    let keys = tempfile::tempdir().unwrap();
    let run = throng(["run", "--continuous", "--arrivals", "5/s", "--base-url"])
        .arg(target.url())
        .arg("--script-dir")
        .arg(scripts.path())
        .args(&["--listen", "127.0.0.1:0"])
        .variable("XDG_RUNTIME_DIR", keys.path().to_str().unwrap());
    let run = started(run);
    let status = ctl(keys.path(), &["status"]).end().with_code(0).stdout;
    let line = |name: &str| status.lines().find(|line| line.starts_with(name)).unwrap();
    assert!(line("users").contains(": browse "), "{status}");
    assert!(!line("users").contains(" of "), "{status}");
    assert!(
        line("arrivals").contains("5.00/s planned now; "),
        "{status}"
    );
    ctl(keys.path(), &["stop"]).end().with_code(0);
    run.end().with_code(0);
}
