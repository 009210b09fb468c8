//! A run is steered: `throng ctl` against the real program.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::program::{Program, Run};
use super::{Ended, Folder, Target, throng};
use crate::support::patience::wait_for;

const STEPS: &str =
    "return { requests = 1000000, think = 0.1, step = function() http.get '/' end }";

/// A run of ten users, and the folder in which it leaves its key.
struct Steered {
    run: Run,
    keys: tempfile::TempDir,
}

fn start(target: &Target, scripts: &Folder, words: &[&str]) -> Steered {
    let keys = tempfile::tempdir().unwrap();
    let line = [
        "run",
        "--listen",
        "127.0.0.1:0",
        "--continuous",
        "--ramp",
        "0",
        "--users",
        "10",
    ];
    let run = throng(line)
        .variable("XDG_RUNTIME_DIR", keys.path().to_str().unwrap())
        .args(&["--base-url", &target.url(), "--script-dir"])
        .arg(scripts.path())
        .args(words)
        .fast()
        .with_summary()
        .start();
    run.wait_for("control at http://");
    target.wait_for(20);
    Steered { run, keys }
}

impl Steered {
    fn ctl(&self, words: &[&str]) -> Program {
        throng(["ctl"])
            .variable("XDG_RUNTIME_DIR", self.keys.path().to_str().unwrap())
            .args(words)
    }

    /// What a command that is obeyed prints.
    fn done(&self, words: &[&str]) -> String {
        self.ctl(words).end().with_code(0).stdout
    }

    fn json(&self, words: &[&str]) -> Value {
        serde_json::from_str(&self.done(&[words, &["--json"]].concat())).unwrap()
    }

    fn status(&self) -> Value {
        self.json(&["status"])
    }

    fn until(&self, what: &str, is_so: impl Fn(&Value) -> bool) -> Value {
        wait_for(
            || Some(self.status()).filter(&is_so),
            || format!("never {what}: {:#}", self.status()),
        )
    }

    fn key_files(&self) -> Vec<PathBuf> {
        files(&self.keys.path().join("throng"))
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect()
}

#[test]
fn the_key_lies_where_only_its_user_reads_it_and_goes_with_the_run() {
    let target = Target::fine();
    let steered = start(&target, &Folder::of("one", STEPS), &[]);
    let [file] = steered.key_files().try_into().unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&file), 0o600);
    assert_eq!(mode(file.parent().unwrap()), 0o700);
    let key: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
    assert_eq!(key["token"].as_str().unwrap().len(), 32);
    assert_eq!(key["run"], steered.status()["run"]);
    let stopped = steered.done(&["stop"]);
    assert!(stopped.starts_with("the run ends"), "{stopped}");
    let keys = steered.keys;
    let ended = steered.run.end().with_code(0);
    // It was made for this run, so it is said once, when it begins.
    assert_eq!(
        ended.stderr.matches(key["token"].as_str().unwrap()).count(),
        1
    );
    assert_eq!(files(&keys.path().join("throng")), [] as [PathBuf; 0]);
}

#[test]
fn a_token_that_was_given_is_never_shown() {
    let target = Target::fine();
    let scripts = Folder::of("one", STEPS);
    let steered = start(&target, &scripts, &["--token", "my-own-secret", "--debug"]);
    steered.done(&["pause"]);
    steered
        .ctl(&["resume", "--token", "another-one"])
        .end()
        .with_code(1)
        .said("the token is not that of this run");
    let status = steered.status();
    assert_eq!(status["phase"], "paused");
    steered.run.signal("INT");
    let ended = steered.run.end().with_code(0);
    assert!(!ended.stderr.contains("my-own-secret") && !ended.stdout.contains("my-own-secret"));
    ended.said("with the token that was given");
}

#[test]
fn every_verb_does_what_it_says() {
    let target = Target::fine();
    let scripts = Folder::of("one", STEPS).with("two", STEPS);
    let steered = start(&target, &scripts, &[]);

    let set = [
        "set",
        "users=6",
        "error-rate=3",
        "think_factor=0.5",
        "weights.two=2",
    ];
    let done = steered.done(&set);
    assert_eq!(
        done,
        "users 10 -> 6, error_rate 15 -> 3, think_factor 1 -> 0.5, weights.two 1 -> 2\n"
    );
    let status = steered.until("six users", |status| status["users"]["alive"] == 6);
    let settings = &status["settings"];
    assert_eq!(
        (settings["users"].as_u64(), settings["error_rate"].as_f64()),
        (Some(6), Some(3.0))
    );
    assert_eq!(settings["weights"]["two"], 2.0);

    assert!(steered.done(&["pause"]).starts_with("paused"));
    assert_eq!(steered.status()["phase"], "paused");
    assert!(steered.done(&["resume"]).starts_with("resumed"));
    assert_eq!(steered.status()["phase"], "running");

    assert_eq!(
        steered.done(&["reload"]),
        "the scripts are those of release 1\n"
    );
    fs::write(scripts.path().join("one.lua"), format!("{STEPS} -- 2")).unwrap();
    // By hand or by the watcher, whoever is faster.
    steered.done(&["reload"]);
    let status = steered.status();
    assert_eq!(status["reload_status"]["release"], 2);
    steered.until("moved", |status| {
        status["reload_status"]["last"]["took_seconds"].is_f64()
    });
    let versions = steered.json(&["versions"]);
    let of = |name: &str| {
        let types = versions["types"].as_array().unwrap();
        let found = types.iter().find(|of| of["type"] == name).unwrap();
        let current = found["versions"]
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["current"] == true);
        current.unwrap()["version"].clone()
    };
    assert_eq!((of("one"), of("two")), (2.into(), 1.into()));
    let table = steered.done(&["versions"]);
    assert!(
        table
            .lines()
            .any(|line| line.starts_with("one") && line.contains("2  current")),
        "{table}"
    );

    assert_eq!(
        steered.done(&["rollback", "one"]),
        "one 2 -> 1, by command\n"
    );
    steered
        .ctl(&["rollback"])
        .end()
        .with_code(1)
        .said("release");
    steered
        .ctl(&["promote"])
        .end()
        .with_code(1)
        .said("no canary is under way");
    steered.done(&["stop"]);
    let summary = steered.run.end().with_code(0).summary();
    assert_eq!(
        summary["requests"]["total"].as_u64(),
        Some(target.count() as u64)
    );
}

#[test]
fn what_cannot_be_is_said_with_its_place_and_nothing_changes() {
    let target = Target::fine();
    let scripts = Folder::of("one", STEPS);
    let steered = start(&target, &scripts, &[]);
    let refused = |words: &[&str], code: i32| -> Ended { steered.ctl(words).end().with_code(code) };
    let ended = refused(&["set", "users=0", "error_rate=x", "foo=1", "bar"], 2);
    for fault in [
        "users 0: must be a whole number from 1 to 1,000,000",
        "error_rate x: must be a percentage from 0 to 100",
        "foo: is not a valid setting",
        "bar: has no =",
    ] {
        ended.said(fault);
    }
    refused(&["set", "weights.three=1"], 1)
        .said("weights.three: the type does not exist; name one of: one");
    refused(&["rollback", "three"], 1).said("type three: does not exist; name one of: one");
    fs::write(scripts.path().join("one.lua"), "return {\n  steps = {},\n").unwrap();
    refused(&["reload"], 1).said("scripts/one.lua:");
    let status = steered.done(&["status"]);
    assert!(status.contains("refused      scripts/one.lua:"), "{status}");
    let json = steered.status();
    assert_eq!(json["settings"]["users"], 10);
    assert_eq!(json["reload_status"]["release"], 1);
    steered.done(&["stop"]);
    steered.run.end().with_code(0);
}

#[test]
fn one_of_several_runs_must_be_named_and_a_dead_one_is_forgotten() {
    let target = Target::fine();
    let scripts = Folder::of("one", STEPS);
    let steered = start(&target, &scripts, &[]);
    let [file] = steered.key_files().try_into().unwrap();
    let key: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
    let folder = file.parent().unwrap();
    // The same place under another name: a run that was killed, and whose port another has now.
    let mut dead = key.clone();
    dead["run"] = "deadbeef".into();
    fs::write(folder.join("deadbeef.json"), dead.to_string()).unwrap();
    steered.status();
    assert_eq!(steered.key_files(), std::slice::from_ref(&file));

    let other = throng([
        "run",
        "--listen",
        "127.0.0.1:0",
        "--continuous",
        "--base-url",
        &target.url(),
        "--script-dir",
    ])
    .arg(scripts.path())
    .variable("XDG_RUNTIME_DIR", steered.keys.path().to_str().unwrap())
    .start();
    other.wait_for("control at http://");
    let id = key["run"].as_str().unwrap();
    steered
        .ctl(&["pause"])
        .end()
        .with_code(2)
        .said(&format!("--run {id}  http://"));
    steered.done(&["pause", "--run", id]);
    steered
        .ctl(&["pause", "--run", "nobody"])
        .end()
        .with_code(1)
        .said("this user has no run nobody");
    let url = format!("http://{}", key["address"].as_str().unwrap());
    assert_eq!(steered.json(&["status", "--url", &url])["run"], id);
    steered.done(&["resume", "--url", &url]);
    other.signal("INT");
    other.end();
    steered.done(&["stop"]);
    let keys = steered.keys;
    steered.run.end().with_code(0);
    let none = throng(["ctl", "status"]).variable("XDG_RUNTIME_DIR", keys.path().to_str().unwrap());
    none.end()
        .with_code(1)
        .said("this user has no run on this machine");
    throng(["ctl", "status", "--url", &url])
        .end()
        .with_code(1)
        .said("no response from");
}

#[test]
fn a_thousand_saves_leave_the_memory_as_it_was() {
    let target = Target::fine();
    let scripts = Folder::of("one", STEPS);
    let steered = start(&target, &scripts, &["--watch", "off"]);
    let key: Value =
        serde_json::from_str(&fs::read_to_string(&steered.key_files()[0]).unwrap()).unwrap();
    let address = key["address"].as_str().unwrap().parse().unwrap();
    let save = |number: u32| {
        fs::write(
            scripts.path().join("one.lua"),
            format!("{STEPS} -- {number}"),
        )
        .unwrap();
        let reload = || {
            super::service::ask(
                address,
                "POST",
                "/api/v1/reload",
                key["token"].as_str(),
                None,
            )
        };
        // More than ten requests a second are asked to come later.
        let obeyed = || Some(reload()).filter(|told| told.0 != 429);
        let told = wait_for(obeyed, || "it takes no reload".to_owned());
        assert_eq!(told.0, 200, "{}", told.1);
    };
    let resident = || {
        let status = fs::read_to_string(format!("/proc/{}/status", key["pid"])).unwrap();
        let line = status
            .lines()
            .find(|line| line.starts_with("VmRSS:"))
            .unwrap();
        line.split_whitespace()
            .nth(1)
            .unwrap()
            .parse::<u64>()
            .unwrap()
    };
    (1..=200).for_each(save);
    let before = resident();
    (201..=1_000).for_each(save);
    let status = steered.until("moved", |status| {
        status["reload_status"]["last"]["took_seconds"].is_f64()
    });
    assert_eq!(status["reload_status"]["release"], 1_001);
    let after = resident();
    // A VM is hundreds of kilobytes: were only each tenth of the 800 kept, this would be several times as much.
    assert!(after * 2 < before * 3, "{before} kB, then {after} kB");
    // The machines of tests have two threads at least: one VM for each.
    let vms = status["health"]["vms"].as_u64().unwrap();
    let threads = std::thread::available_parallelism().unwrap().get() as u64;
    assert!(vms <= 2 * threads, "{vms} VMs");
    // Who plays what is counted once a second.
    let versions = || steered.json(&["versions"]);
    let is_alive = |one: &&Value| one["users"] != 0;
    wait_for(
        || {
            let versions = versions();
            let versions = versions["types"][0]["versions"].as_array().unwrap();
            Some(versions.iter().filter(is_alive).count()).filter(|alive| *alive == 1)
        },
        || format!("several versions have users: {:#}", versions()),
    );
    steered.done(&["stop"]);
    let summary = steered.run.end().with_code(0).summary();
    assert_eq!(
        summary["requests"]["total"].as_u64(),
        Some(target.count() as u64)
    );
    assert_eq!(summary["requests"]["cancelled"], 0);
}
