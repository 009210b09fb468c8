//! Runs that are kept: by the real program, in real files, killed, locked and full.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::Value;

use super::program::{program, run};
use super::{Answer, Ended, Folder, Program, Target, browsing, throng};
use crate::support::patience::until;

/// A page and another, at some leisure.
const BUSY: &str = "return { requests = 100000, think = 0.1, steps = {
    { 1, name = 'read', function() http.get('/page') end },
    { 1, name = 'list', function() http.get('/list') end },
} }";

/// Twelve seconds of the run's clock.
const FOR_TWELVE_SECONDS: [&str; 6] = ["--users", "40", "--ramp", "0", "--duration", "12"];

fn state(scripts: &Folder) -> PathBuf {
    scripts.root().join("state")
}

/// A run that is kept in this folder.
fn kept(target: &Target, scripts: &Folder, words: &[&str]) -> Program {
    run(&target.url(), &scripts.path(), words)
        .variable("THRONG_STATE_DIR", state(scripts).to_str().unwrap())
}

/// Another command on the same folder.
fn history(scripts: &Folder, words: &[&str]) -> Ended {
    throng(words)
        .variable("THRONG_STATE_DIR", state(scripts).to_str().unwrap())
        .variable("COLUMNS", "200")
        .end()
}

fn json(ended: &Ended) -> Value {
    serde_json::from_str(&ended.stdout).unwrap_or_else(|why| panic!("{why}: {ended:?}"))
}

fn runs(scripts: &Folder) -> Vec<Value> {
    let listed = history(scripts, &["runs", "--json", "--limit", "0"]).with_code(0);
    json(&listed).as_array().unwrap().clone()
}

/// The id of the newest run.
fn newest(scripts: &Folder) -> String {
    runs(scripts)[0]["id"].as_str().unwrap().to_owned()
}

#[test]
fn a_run_is_kept_listed_shown_exported_and_removed() {
    let (target, scripts) = (Target::fine(), Folder::of("browsing", &browsing(3)));
    // The commit is read from the repository's files; a hook would not survive this line.
    let git = scripts.root().join(".git");
    std::fs::create_dir_all(git.join("refs/heads")).unwrap();
    std::fs::write(git.join("HEAD"), "ref: refs/heads/trunk\n").unwrap();
    let commit = "0123456789abcdef0123456789abcdef01234567";
    std::fs::write(git.join("refs/heads/trunk"), format!("{commit}\n")).unwrap();
    let ended = kept(&target, &scripts, &["--users", "2", "--seed", "7"])
        .args(&["--note", "before the index", "--fail-if", "failed > 50%"])
        .with_summary()
        .end()
        .with_code(0);
    let all = runs(&scripts);
    let [one] = all.as_slice() else {
        panic!("{all:?}");
    };
    let id = ended.summary()["run"]["id"].as_str().unwrap().to_owned();
    assert_eq!(one["id"], id.as_str());
    assert_eq!(one["state"], "ended");
    assert_eq!(one["seed"], 7);
    assert_eq!(one["note"], "before the index");
    assert_eq!(one["commit"], commit);
    assert_eq!(one["branch"], "trunk");
    assert_eq!(one["crowd"], "2 users");
    assert_eq!(one["hashes"]["browsing"].as_str().unwrap().len(), 12);
    assert_eq!(one["figures"]["requests"], target.count());
    assert_eq!(one["ending"]["exit_code"], 0);
    assert_eq!(one["ending"]["thresholds"], serde_json::json!([1, 1]));
    let list = history(&scripts, &["runs"]).with_code(0).stdout;
    assert!(
        list.contains(&id) && list.contains("before the index"),
        "{list}"
    );
    let list = history(&scripts, &["runs", "--filter", "INDEX"]).with_code(0);
    assert!(list.stdout.contains(&id), "{list:?}");
    let list = history(&scripts, &["runs", "--filter", "elsewhere"]).with_code(0);
    assert_eq!(list.stdout, "no run in the history has elsewhere\n");

    let shown = history(&scripts, &["show"]).with_code(0).stdout;
    assert_eq!(shown.trim(), ended.stdout.trim());
    let shown = json(&history(&scripts, &["show", &id[..6], "--json"]).with_code(0));
    assert_eq!(shown["summary"], ended.summary());
    assert_eq!(shown["run"]["plan"]["users"], "2");
    assert!(shown["run"]["plan"].get("note").is_none());

    let page = scripts.root().join("run.html");
    let named = page.to_str().unwrap();
    history(&scripts, &["show", &id, "--html", named]).with_code(0);
    let page = std::fs::read_to_string(&page).unwrap();
    assert!(page.contains("<html") && page.contains(&id), "{page}");
    let file = scripts.root().join("run.json");
    let file = file.to_str().unwrap();
    history(&scripts, &["show", &id, "--export", file]).with_code(0);
    history(&scripts, &["runs", "rm", &id[..5]]).with_code(0);
    assert_eq!(runs(&scripts), [] as [Value; 0]);
    let shown = history(&scripts, &["show", file, "--json"]).with_code(0);
    assert_eq!(json(&shown)["run"]["id"], id.as_str());
    let gone = history(&scripts, &["show", &id]).with_code(2);
    gone.said("is neither a run of the history nor a file");
    history(&scripts, &["runs", "rm", &id]).with_code(2);
}

#[test]
fn what_sends_nothing_or_is_not_to_be_kept_is_not_kept() {
    let (target, scripts) = (Target::fine(), Folder::of("browsing", &browsing(2)));
    for words in [
        &["--dry-run"][..],
        &["--trace", "browsing"],
        &["--history-keep", "0", "--users", "1"],
    ] {
        kept(&target, &scripts, words).end().with_code(0);
        assert_eq!(runs(&scripts), [] as [Value; 0], "{words:?}");
    }
    for users in 1..=4 {
        let words = ["--history-keep", "2", "--users", &users.to_string()];
        kept(&target, &scripts, &words).end().with_code(0);
    }
    let crowds: Vec<_> = runs(&scripts)
        .iter()
        .map(|run| run["crowd"].clone())
        .collect();
    assert_eq!(crowds, ["4 users", "3 users"]);
}

#[test]
fn a_demo_is_kept() {
    let home = Folder::of("unused", &browsing(1));
    throng([
        "demo",
        "--flat",
        "--users",
        "2",
        "--duration",
        "2",
        "--no-listen",
    ])
    .variable("THRONG_STATE_DIR", state(&home).to_str().unwrap())
    .end();
    let all = runs(&home);
    assert_eq!(all.len(), 1, "{all:?}");
    assert_eq!(all[0]["target"], "demo service");
}

#[test]
fn two_runs_at_once_are_both_kept() {
    let (target, scripts) = (Target::fine(), Folder::of("browsing", &browsing(20)));
    let first = kept(&target, &scripts, &["--users", "5"]).start();
    let second = kept(&target, &scripts, &["--users", "6"]).start();
    first.end().with_code(0);
    second.end().with_code(0);
    let all = runs(&scripts);
    let requests: u64 = all
        .iter()
        .map(|run| run["figures"]["requests"].as_u64().unwrap())
        .sum();
    assert_eq!((all.len(), requests), (2, target.count() as u64));
}

#[test]
fn a_run_that_is_killed_is_kept_as_such_with_what_it_had_counted() {
    let (target, scripts) = (Target::fine(), Folder::of("busy", BUSY));
    let going = kept(
        &target,
        &scripts,
        &["--users", "2", "--ramp", "0", "--continuous"],
    )
    .fast()
    .start();
    let written = || {
        let all = runs(&scripts);
        all.first()
            .is_some_and(|run| run["figures"]["requests"].as_u64() > Some(0))
    };
    until("the run in the history", written);
    assert_eq!(runs(&scripts)[0]["state"], "running");
    let sent = target.count();
    going.signal("KILL");
    going.end();
    let all = runs(&scripts);
    assert_eq!(all[0]["state"], "killed");
    assert_eq!(all[0]["ending"], Value::Null);
    let kept = all[0]["figures"]["requests"].as_u64().unwrap() as usize;
    assert!(kept > 0 && kept <= target.count(), "{kept} of {sent}");
    let shown = history(&scripts, &["show", &newest(&scripts)]).with_code(0);
    assert!(
        shown.stdout.contains("was killed: it said no end"),
        "{shown:?}"
    );
    assert!(shown.stdout.contains("GET /page"), "{shown:?}");
    // It is over, but said no end: it is not the last one.
    history(&scripts, &["show", "last"]).with_code(2);
}

/// A target whose answers take a while that its test sets.
fn with_pauses() -> (Target, Arc<AtomicU64>) {
    let pause = Arc::new(AtomicU64::new(2));
    let own = Arc::clone(&pause);
    let target =
        Target::new(move |_| Answer::Late(Duration::from_millis(own.load(Ordering::Relaxed)), 200));
    (target, pause)
}

#[test]
fn a_run_that_is_worse_than_its_baseline_says_what_and_exits_with_5() {
    let (target, pause) = with_pauses();
    let scripts = Folder::of("busy", BUSY);
    kept(&target, &scripts, &FOR_TWELVE_SECONDS)
        .fast()
        .end()
        .with_code(0);
    let base = newest(&scripts);
    let file = scripts.root().join("base.json");
    let file = file.to_str().unwrap();
    history(&scripts, &["show", "last", "--export", file]).with_code(0);
    pause.store(200, Ordering::Relaxed);
    let ended = kept(&target, &scripts, &FOR_TWELVE_SECONDS)
        .args(&["--baseline", &base[..6], "--fail-on-regression", "50%"])
        .fast()
        .with_summary()
        .end()
        .with_code(5);
    let summary = ended.summary();
    let baseline = &summary["baseline"];
    assert_eq!(baseline["run"], base.as_str());
    assert_eq!(baseline["passed"], false);
    assert_eq!(baseline["different"], serde_json::json!([]), "{baseline:#}");
    let changes = baseline["changes"].as_array().unwrap();
    let of_all = |measure: &str| {
        let all = |one: &&Value| one["subject"] == "all requests" && one["measure"] == measure;
        let found = changes.iter().find(all);
        found.unwrap_or_else(|| panic!("{measure}: {baseline:#}"))
    };
    // The median is said and is no regression. p95 of a busy machine may be anything.
    let p50 = of_all("p50");
    assert!(p50["interval"][0].as_f64().unwrap() > 0.5, "{p50}");
    assert_eq!(
        (&p50["worse"], &p50["regression"]),
        (&true.into(), &false.into())
    );
    let rate = of_all("rate");
    assert!(rate["interval"][1].as_f64().unwrap() < 0.0, "{rate}");
    assert_eq!(rate["regression"], true, "{rate}");
    let section = format!("baseline: run {base}  regression: ");
    assert!(ended.stdout.contains(&section), "{}", ended.stdout);
    ended.said("worse than baseline");
    ended.said("all requests: rate -");
    let id = newest(&scripts);
    assert_eq!(runs(&scripts)[0]["ending"]["exit_code"], 5);

    // The same in words and as JSON; a file compares as well as what is kept.
    let compared = history(&scripts, &["compare", file, "last"])
        .with_code(0)
        .stdout;
    assert!(
        compared.contains(&format!("a: run {base}  b: run {id}")),
        "{compared}"
    );
    assert!(
        compared.contains("worse: all requests: p50 +"),
        "{compared}"
    );
    let compared = json(&history(&scripts, &["compare", "last~1", &id, "--json"]).with_code(0));
    let steps = compared["rows"].as_array().unwrap();
    let step = steps
        .iter()
        .find(|row| row["kind"] == "step" && row["name"] == "read");
    let p50 = &step.unwrap()["changes"][1];
    assert_eq!(p50["finding"], "worse", "{p50}");

    // As slow as this one, nothing is worse; another number of users is said.
    let more_users = [&["--users", "41"], &FOR_TWELVE_SECONDS[2..]].concat();
    let ended = kept(&target, &scripts, &more_users)
        .args(&["--baseline", "last", "--fail-on-regression", "50%"])
        .args(&["--report", "course.csv"])
        .fast()
        .with_summary()
        .end()
        .with_code(0);
    assert_eq!(ended.summary()["baseline"]["passed"], true);
    assert_eq!(
        ended.summary()["baseline"]["different"],
        serde_json::json!(["users: 40, now 41"])
    );
    let compared = history(&scripts, &["compare", "last~1", "last"])
        .with_code(0)
        .stdout;
    assert!(
        compared.contains("different: users: 40 in a, 41 in b"),
        "{compared}"
    );
    assert!(
        compared.contains("warning: the runs had different loads"),
        "{compared}"
    );
}

#[test]
fn a_baseline_that_cannot_be_compared_with_is_refused_before_anything_is_sent() {
    let (target, scripts) = (Target::fine(), Folder::of("browsing", &browsing(1)));
    let file = scripts.root().join("other.json");
    let named = file.to_str().unwrap();
    let refused = |said: &str| {
        let ended = kept(&target, &scripts, &["--users", "1", "--baseline", named])
            .end()
            .with_code(2);
        ended.said("--baseline");
        ended.said(said);
    };
    refused("is not a file, and there is no history here");
    std::fs::write(&file, r#"{"format":"throng-run","form":9}"#).unwrap();
    refused("newer throng");
    std::fs::write(&file, "\0\0").unwrap();
    refused("is not the JSON of a run");
    kept(&target, &scripts, &["--users", "1", "--baseline", "last"])
        .end()
        .with_code(2);
    kept(&target, &scripts, &["--fail-on-regression", "10%"])
        .end()
        .with_code(2)
        .said("--fail-on-regression without --baseline");
    let words = ["--baseline", "last", "--fail-on-regression", "400%"];
    let ended = kept(&target, &scripts, &words).end().with_code(2);
    ended.said("400%: is not a percentage above 0 and of at most 100%; give one such as 10%");
    assert_eq!(target.count(), 0);
    // A history of a newer throng keeps no run from being sent, unless its runs are asked for.
    std::fs::create_dir_all(state(&scripts)).unwrap();
    let db = rusqlite::Connection::open(state(&scripts).join("history.sqlite")).unwrap();
    db.execute_batch(
        "CREATE TABLE run (number); PRAGMA application_id = 1953002088; PRAGMA user_version = 99",
    )
    .unwrap();
    let ended = kept(&target, &scripts, &["--users", "1"])
        .end()
        .with_code(0);
    ended.said("the run is not in the history, or not whole: ");
    ended.said("newer throng");
    history(&scripts, &["runs"])
        .with_code(1)
        .said("newer throng");
    kept(&target, &scripts, &["--users", "1", "--baseline", "last"])
        .end()
        .with_code(2)
        .said("newer throng");
}

#[test]
fn a_run_too_short_to_compare_is_no_pass() {
    let (target, scripts) = (Target::fine(), Folder::of("browsing", &browsing(30)));
    kept(&target, &scripts, &["--users", "2"])
        .end()
        .with_code(0);
    let ended = kept(&target, &scripts, &["--users", "2"])
        .args(&["--baseline", "last", "--fail-on-regression", "10%"])
        .with_summary()
        .end()
        .with_code(5);
    let reason = ended.summary()["baseline"]["reason"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(reason.contains("needs"), "{reason}");
    ended.said(&reason);
}

/// Files grow to 8 kB and no further: less than a history needs.
#[test]
fn a_full_disk_costs_the_history_and_nothing_else() {
    let (target, scripts) = (Target::fine(), Folder::of("browsing", &browsing(5)));
    let line = "trap '' XFSZ; ulimit -f 16; exec \"$@\"";
    let words = ["-c", line, "sh", env!("CARGO_BIN_EXE_throng"), "run"];
    let ended = program("/bin/dash", words)
        .args(&["--no-listen", "--users", "2", "--summary-json", "-"])
        .args(&["--base-url", &target.url(), "--script-dir"])
        .arg(scripts.path())
        .variable("THRONG_STATE_DIR", state(&scripts).to_str().unwrap())
        .end()
        .with_code(0);
    ended.said("the run is not in the history, or not whole: ");
    assert_eq!(json(&ended)["requests"]["total"], target.count());
    assert_eq!(target.count(), 10);
}

#[test]
fn a_history_that_another_process_has_locked_costs_a_run_some_seconds_at_most() {
    let (target, scripts) = (Target::fine(), Folder::of("browsing", &browsing(5)));
    kept(&target, &scripts, &["--users", "1"])
        .end()
        .with_code(0);
    let db = rusqlite::Connection::open(state(&scripts).join("history.sqlite")).unwrap();
    db.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let ended = kept(&target, &scripts, &["--users", "1"])
        .with_summary()
        .end()
        .with_code(0);
    ended.said("the run is not in the history, or not whole: ");
    ended.said("database is locked");
    assert_eq!(ended.summary()["requests"]["total"], 5);
    assert!(ended.took < Duration::from_secs(20), "{:?}", ended.took);
    drop(db);
    assert_eq!(runs(&scripts).len(), 1);
}

#[test]
fn no_secret_is_kept() {
    let scripts = Folder::of(
        "browsing",
        "return { requests = 2, think = 0, step = function() http.get('/' .. vars.PASSWORD, { name = vars.PASSWORD }) end }",
    );
    let target = Target::fine();
    let words = ["--users", "1", "-e", "PASSWORD=hunter2hunter2"];
    kept(&target, &scripts, &words)
        .args(&["--note", "with hunter2hunter2"])
        .end();
    assert_eq!(
        runs(&scripts)[0]["note"].as_str().unwrap().find("hunter2"),
        None
    );
    let file = scripts.root().join("run.json");
    history(
        &scripts,
        &["show", "last", "--export", file.to_str().unwrap()],
    )
    .with_code(0);
    for text in [
        std::fs::read_to_string(&file).unwrap(),
        history(&scripts, &["show"]).stdout,
        history(&scripts, &["show", "--json"]).stdout,
    ] {
        assert!(text.contains("browsing"), "{text}");
        assert!(!text.contains("hunter2"), "{text}");
    }
    assert!(
        !bytes_of(&state(&scripts))
            .windows(7)
            .any(|part| part == b"hunter2")
    );
}

/// All files of a folder, one after the other.
fn bytes_of(folder: &Path) -> Vec<u8> {
    let files = std::fs::read_dir(folder).unwrap();
    files
        .flat_map(|file| std::fs::read(file.unwrap().path()).unwrap())
        .collect()
}

/// What the CSV counts by endpoint is what the target got, and its lines have the columns of its header.
#[test]
fn the_csv_report_counts_what_the_target_got() {
    let (target, scripts) = (Target::fine(), Folder::of("busy", BUSY));
    let place = scripts.root().join("course.csv");
    let ended = kept(&target, &scripts, &FOR_TWELVE_SECONDS)
        .args(&["--history-keep", "0", "--report", place.to_str().unwrap()])
        .fast()
        .with_summary()
        .end()
        .with_code(0);
    let text = std::fs::read_to_string(&place).unwrap();
    assert_eq!(text.lines().count(), text.matches("\r\n").count());
    let mut lines = csv::Reader::from_reader(text.as_bytes());
    let header = lines.headers().unwrap().clone();
    let column = |name: &str| header.iter().position(|one| one == name).unwrap();
    let (mut counts, mut steps) = (std::collections::BTreeMap::<String, usize>::new(), 0);
    let mut at = Vec::new();
    for line in lines.records() {
        let line = line.unwrap();
        let count: usize = line[column("count")].parse().unwrap();
        match &line[column("kind")] {
            "endpoint" => *counts.entry(line[column("name")].to_owned()).or_default() += count,
            "step" => steps += count,
            other => panic!("{other}"),
        }
        at.push(line[column("at_seconds")].parse::<f64>().unwrap());
    }
    for path in ["/page", "/list"] {
        let sent = target
            .requests()
            .iter()
            .filter(|one| one.path == path)
            .count();
        assert_eq!(counts[path], sent, "{path}");
    }
    let summary = ended.summary();
    let all = summary["steps"].as_array().unwrap().iter();
    let all: u64 = all
        .map(|one| one["results"]["total"].as_u64().unwrap())
        .sum();
    assert_eq!(steps as u64, all);
    assert!(at.is_sorted() && at.last() >= Some(&10.0), "{at:?}");
}
