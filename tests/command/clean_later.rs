//! `throng cleanup`: what runs left is deleted later, listed, kept with the reason; runs that go on are left alone.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::program::{run, throng};
use super::{Answer, Ended, Folder, Program, Target};
use crate::support::patience::until;

/// Each user makes one thing with a secret of its deleter, and stays if it is told to.
pub(super) const MAKER: &str = "
    auth.setup { login = { path = '/login', fields = { 'name', 'password' }, token = '/token' } }
    return { requests = 1, think = 0, step = function(user)
      http.post('/things', { creates = { kind = 'thing', id = '/id', delete = { path = '/things/{id}' },
        as = { name = 'root', password = 'Deleters-Secret', other = 'Not-Needed' } } })
      think(tonumber(vars.stay or 0))
    end }";

/// A target that makes things, and answers deletions with `gone`.
pub(super) fn target(gone: impl Fn(&str) -> Answer + Send + Sync + 'static) -> Target {
    let next = std::sync::atomic::AtomicU64::new(1);
    Target::new(
        move |request| match (request.method.as_str(), request.path.as_str()) {
            // To a proxy whole URLs are sent.
            ("POST", path) if path.ends_with("/things") => {
                let id = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                Answer::Status(201, format!("{{\"id\":{id}}}"))
            }
            ("POST", path) if path.ends_with("/login") => {
                Answer::Status(200, r#"{"token":"let-me-in"}"#.to_owned())
            }
            ("DELETE", path) => gone(path),
            _ => Answer::Status(404, "{}".to_owned()),
        },
    )
}

pub(super) struct Place {
    scripts: Folder,
    pub(super) state: PathBuf,
}

impl Place {
    pub(super) fn new(script: &str) -> Self {
        let scripts = Folder::of("maker", script);
        let state = scripts.root().join("state");
        Self { scripts, state }
    }

    pub(super) fn run(&self, target: &Target, words: &[&str]) -> Program {
        run(&target.url(), &self.scripts.path(), &["--ramp", "0"])
            .args(words)
            .variable("THRONG_STATE_DIR", self.state.to_str().unwrap())
    }

    pub(super) fn cleanup(&self, words: &[&str]) -> Ended {
        throng(["cleanup"])
            .args(words)
            .variable("THRONG_STATE_DIR", self.state.to_str().unwrap())
            .end()
    }

    pub(super) fn files(&self) -> usize {
        let Ok(files) = std::fs::read_dir(&self.state) else {
            return 0;
        };
        let names = files.map(|file| file.unwrap().file_name());
        // The history of runs stays.
        let ledgers = names.filter(|name| !name.to_string_lossy().starts_with("history"));
        ledgers.count()
    }
}

pub(super) fn id_of(ended: &Ended) -> String {
    let line = ended.stdout.lines().find(|line| line.contains("  run "));
    let rest = line.unwrap().split("  run ").nth(1).unwrap();
    rest.split(' ').next().unwrap().to_owned()
}

pub(super) fn deletions(target: &Target) -> Vec<String> {
    let requests = target.requests().into_iter();
    let mut paths: Vec<String> = requests
        .filter(|request| request.method == "DELETE")
        .map(|request| request.path)
        .collect();
    paths.sort_unstable();
    paths
}

pub(super) fn json(ended: &Ended) -> Value {
    serde_json::from_str(&ended.stdout).unwrap_or_else(|why| panic!("{why}: {ended:?}"))
}

#[test]
fn a_run_says_what_it_left_and_a_clean_up_deletes_it() {
    let (target, place) = (target(|_| Answer::ok()), Place::new(MAKER));
    let ended = place.run(&target, &["--users", "3"]).with_summary().end();
    let run = id_of(&ended);
    let hint = format!(
        "left on the target: thing x3; to delete it: throng cleanup --run {run} --state-dir "
    );
    assert!(ended.stdout.contains(&hint), "{}", ended.stdout);
    assert_eq!(ended.summary()["left_behind"]["thing"], 3);

    let listed = place.cleanup(&["--list"]).with_code(0);
    assert!(listed.stdout.contains(&run), "{}", listed.stdout);
    assert!(
        listed
            .stdout
            .contains(&format!("thing x3 at {}", target.url())),
        "{}",
        listed.stdout
    );
    assert_eq!(deletions(&target), [""; 0], "only shown");

    let ended = place.cleanup(&[]).with_code(0);
    assert!(
        ended.stdout.contains(&format!("run {run} at ")),
        "{}",
        ended.stdout
    );
    assert!(
        ended.stdout.contains(": 3 of 3 things deleted\n"),
        "{}",
        ended.stdout
    );
    assert_eq!(deletions(&target), ["/things/1", "/things/2", "/things/3"]);
    assert_eq!(place.files(), 0);
    let requests = target.requests();
    let last = requests.last().unwrap();
    let head = last.head.join("\n").to_lowercase();
    assert!(head.contains(&format!("x-throng-run: {run}")), "{head}");
    assert!(head.contains("authorization: bearer let-me-in"), "{head}");
    let ended = place.cleanup(&["--all"]).with_code(0);
    assert_eq!(ended.stdout, "nothing is left on any target\n");
    let ended = place.cleanup(&["--run", &run]).with_code(2);
    ended.said("has no ledger of this run");
}

#[test]
fn of_several_runs_one_is_named_or_all_are_meant() {
    let (target, place) = (target(|_| Answer::ok()), Place::new(MAKER));
    let first = id_of(&place.run(&target, &["--users", "1"]).end());
    let second = id_of(&place.run(&target, &["--users", "2"]).end());
    let ended = place.cleanup(&[]).with_code(2);
    ended.said("several runs left something; name one with --run ID, or all with --all:");
    ended.said(&first);
    ended.said(&second);
    assert_eq!(deletions(&target), [""; 0]);
    place.cleanup(&["--run", &first]).with_code(0);
    assert_eq!(deletions(&target), ["/things/1"]);
    let ended = place.cleanup(&["--all", "--older-than", "1h"]).with_code(0);
    assert_eq!(ended.stdout, "nothing is left on any target\n");
    assert_eq!(deletions(&target).len(), 1, "it began just now");
    let ended = place.cleanup(&["--all", "--json"]).with_code(0);
    let told = json(&ended);
    assert_eq!(told[0]["run"], second.as_str());
    assert_eq!(
        (&told[0]["deleted"], &told[0]["of"]),
        (&2.into(), &2.into())
    );
    assert_eq!(place.files(), 0);
}

#[test]
fn a_run_that_goes_on_is_left_alone() {
    let (target, place) = (target(|_| Answer::ok()), Place::new(MAKER));
    let run = place.run(&target, &["--users", "1", "-e", "stay=600"]);
    let run = run.start();
    target.wait_for(1);
    until("a thing that is confirmed", || {
        json(&place.cleanup(&["--list", "--json"]))[0]["left"]["thing"]["confirmed"] == 1
    });
    let listed = json(&place.cleanup(&["--list", "--json"]));
    assert_eq!(listed[0]["state"], "in_progress");
    let ended = place.cleanup(&["--all"]).with_code(0);
    assert!(
        ended.stdout.contains("skipped: in progress"),
        "{}",
        ended.stdout
    );
    assert_eq!(deletions(&target), [""; 0]);
    run.signal("KILL");
    let killed = run.end();
    assert_eq!(killed.code, None);
    place.cleanup(&["--all"]).with_code(0);
    assert_eq!(deletions(&target), ["/things/1"]);
}

#[test]
fn two_clean_ups_at_once_do_not_delete_the_same_thing() {
    let slow = target(|_| Answer::Late(std::time::Duration::from_millis(300), 200));
    let place = Place::new(MAKER);
    place.run(&slow, &["--users", "40"]).end().with_code(0);
    let both: Vec<Ended> = std::thread::scope(|scope| {
        let tasks = [0, 1].map(|_| scope.spawn(|| place.cleanup(&["--all"])));
        tasks.into_iter().map(|task| task.join().unwrap()).collect()
    });
    let deleted = deletions(&slow);
    assert_eq!(deleted.len(), 40, "each once: {both:?}");
    assert_eq!(place.files(), 0, "{both:?}");
}

#[test]
fn what_cannot_be_deleted_stays_listed_with_the_reason() {
    let stubborn = target(|path| match path {
        "/things/1" => Answer::Status(403, "{}".to_owned()),
        "/things/2" => Answer::Status(410, "{}".to_owned()),
        _ => Answer::ok(),
    });
    let place = Place::new(MAKER);
    let run = id_of(&place.run(&stubborn, &["--users", "3"]).end());
    let ended = place.cleanup(&[]).with_code(1);
    ended.said("left behind: thing 1: DELETE /things/{id} returned 403");
    assert!(
        ended
            .stdout
            .contains(": 2 of 3 things deleted; still there: thing x1;"),
        "{}",
        ended.stdout
    );
    let listed = place.cleanup(&["--list", "--run", &run]).with_code(0);
    assert!(
        listed
            .stdout
            .contains("thing 1: DELETE /things/{id} returned 403"),
        "{}",
        listed.stdout
    );
    let told = json(&place.cleanup(&["--list", "--run", &run, "--json"]));
    assert_eq!(
        (&told[0]["id"], &told[0]["confirmed"]),
        (&"1".into(), &true.into())
    );
    assert_eq!(told.as_array().unwrap().len(), 1);
}

#[test]
fn a_deleter_that_may_not_log_in_any_more_is_said_and_asked_once() {
    let open = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(true));
    let (door, next) = (open.clone(), std::sync::atomic::AtomicU64::new(1));
    let target = Target::new(move |request| match request.path.as_str() {
        "/things" => {
            let id = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            Answer::Status(201, format!("{{\"id\":{id}}}"))
        }
        "/login" if door.load(std::sync::atomic::Ordering::Relaxed) => {
            Answer::Status(200, r#"{"token":"t"}"#.to_owned())
        }
        "/login" => Answer::Status(401, r#"{"error":"wrong password"}"#.to_owned()),
        _ => Answer::ok(),
    });
    let place = Place::new(MAKER);
    place.run(&target, &["--users", "5"]).end().with_code(0);
    open.store(false, std::sync::atomic::Ordering::Relaxed);
    let ended = place.cleanup(&[]).with_code(1);
    let why = "the login for clean-up returned 401";
    assert_eq!(ended.stderr.matches(why).count(), 5, "{}", ended.stderr);
    let logins = target
        .requests()
        .iter()
        .filter(|request| request.path == "/login")
        .count();
    assert_eq!(logins, 1);
    open.store(true, std::sync::atomic::Ordering::Relaxed);
    place.cleanup(&[]).with_code(0);
    assert_eq!(deletions(&target).len(), 5);
}

#[test]
fn a_busy_target_is_given_the_pause_that_it_asks_for() {
    let times = std::sync::Mutex::new(Vec::new());
    let times: &'static _ = Box::leak(Box::new(times));
    let busy = target(|_| {
        let mut times: std::sync::MutexGuard<'_, Vec<std::time::Instant>> = times.lock().unwrap();
        times.push(std::time::Instant::now());
        if times.len() == 1 {
            let head = "HTTP/1.1 503 Busy\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n";
            return Answer::Bytes(head.as_bytes().to_vec());
        }
        Answer::ok()
    });
    let place = Place::new(MAKER);
    place.run(&busy, &["--users", "1"]).end().with_code(0);
    place.cleanup(&[]).with_code(0);
    let times = times.lock().unwrap();
    let waited = times[1] - times[0];
    assert!(
        waited >= std::time::Duration::from_millis(990),
        "{waited:?}"
    );
}

#[test]
fn a_rate_is_kept() {
    let (target, place) = (target(|_| Answer::ok()), Place::new(MAKER));
    place.run(&target, &["--users", "40"]).end().with_code(0);
    let ended = place.cleanup(&["--cleanup-rps", "40"]).with_code(0);
    assert!(ended.took.as_millis() >= 950, "{:?}", ended.took);
    assert_eq!(deletions(&target).len(), 40);
}

#[test]
fn a_signal_ends_a_clean_up_and_the_rest_is_kept() {
    let (target, place) = (target(|_| Answer::ok()), Place::new(MAKER));
    place.run(&target, &["--users", "60"]).end().with_code(0);
    let cleaning = throng(["cleanup", "--cleanup-rps", "20"])
        .variable("THRONG_STATE_DIR", place.state.to_str().unwrap())
        .start();
    until("five deletions", || deletions(&target).len() >= 5);
    cleaning.signal("INT");
    let ended = cleaning.end().with_code(1);
    ended.said("stopping; what is not deleted yet stays in the ledger");
    assert!(deletions(&target).len() < 60);
    place.cleanup(&[]).with_code(0);
    let mut all = deletions(&target);
    all.dedup();
    assert_eq!(all.len(), 60);
}

#[test]
fn nothing_secret_is_shown_and_nothing_more_than_needed_is_kept() {
    let (target, place) = (
        target(|_| Answer::Status(403, "{}".to_owned())),
        Place::new(MAKER),
    );
    let proxy = target.url().replace("http://", "http://me:Proxys-Secret@");
    let words = ["--users", "2", "--debug", "--proxy", &proxy];
    let ran = place.run(&target, &words).end();
    let run = id_of(&ran);
    let outputs = [
        ran,
        place.cleanup(&["--list"]),
        place.cleanup(&["--list", "--json"]),
        place.cleanup(&["--list", "--run", &run]),
        place.cleanup(&["--list", "--run", &run, "--json"]),
        place.cleanup(&[]).with_code(1),
    ];
    for output in outputs {
        let all = format!("{}{}", output.stdout, output.stderr);
        assert!(!all.contains("-Secret"), "{all}");
    }
    let mut file = Vec::new();
    for entry in std::fs::read_dir(&place.state).unwrap() {
        file.extend(std::fs::read(entry.unwrap().path()).unwrap());
    }
    let holds = |text: &str| memchr::memmem::find(&file, text.as_bytes()).is_some();
    assert!(holds("Deleters-Secret"), "the deletion needs it");
    assert!(!holds("Not-Needed"));
}

#[test]
fn a_ledger_that_cannot_be_read_is_named_and_left_alone() {
    let (target, place) = (target(|_| Answer::ok()), Place::new(MAKER));
    place.run(&target, &["--users", "1"]).end().with_code(0);
    let broken = place.state.join("broken.ledger");
    std::fs::write(&broken, "no ledger").unwrap();
    let listed = place.cleanup(&["--list"]).with_code(0);
    assert!(listed.stdout.contains("unreadable"), "{}", listed.stdout);
    let ended = place.cleanup(&["--all"]).with_code(1);
    assert!(
        ended.stdout.contains("run broken: skipped: "),
        "{}",
        ended.stdout
    );
    assert_eq!(deletions(&target), ["/things/1"]);
    assert_eq!(std::fs::read(Path::new(&broken)).unwrap(), b"no ledger");
}

#[test]
fn a_demo_leaves_no_file() {
    let place = Place::new(MAKER);
    let words = ["demo", "--no-listen", "--users", "3", "--duration", "1"];
    let ended = throng(words)
        .variable("THRONG_STATE_DIR", place.state.to_str().unwrap())
        .end()
        .with_code(0);
    assert_eq!(place.files(), 0);
    assert!(!ended.stdout.contains("throng cleanup"), "{}", ended.stdout);
}
