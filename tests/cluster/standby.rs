//! Coordinators that are lost, and those that take a run over.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::{all_end, requests, run, worker};
use crate::support::nats::{Nats, Three};
use crate::support::patience::wait_for;
use crate::support::program::{self, FAST, Run, throng};
use crate::support::scripts::Folder;
use crate::support::target::{Answer, Target};

const SCRIPT: &str = "return { requests = 100000, think = 0.1, \
                      steps = { { 1, function() http.get('/page') end } } }";

/// How fast the clock of these runs goes: a lease of 15 s has to be seen to end within 2 s, also beside other tests.
const SPEED: f64 = FAST / 2.0;

/// Two workers of a run whose clock goes fast.
fn two_workers(nats: &Nats) -> [Run; 2] {
    two_workers_at(nats, SPEED)
}

fn two_workers_at(nats: &Nats, speed: f64) -> [Run; 2] {
    ["a", "b"].map(|name| {
        worker(nats, name, &["--once", "--threads", "1"])
            .at_speed(speed)
            .start()
    })
}

/// Waits for so many seconds of a fast run.
fn wait(seconds: f64) {
    std::thread::sleep(Duration::from_secs_f64(seconds / SPEED));
}

#[test]
fn a_second_coordinator_of_a_run_is_refused() {
    let (nats, target) = (Nats::start(), Target::fine());
    let scripts = Folder::of("asker", SCRIPT);
    let words = [
        "--run-id",
        "twice",
        "--users",
        "4",
        "--ramp",
        "0",
        "--duration",
        "600",
    ];
    let mut first = run(&nats, 2, &target.url(), &scripts.path(), &words).start();
    // Who is there first leads it: not before it calls for workers.
    let list = || {
        throng(["cluster", "ls", "--nats", &nats.url()])
            .end()
            .stdout
    };
    wait_for(|| list().contains("twice").then_some(()), list);
    let second = run(&nats, 2, &target.url(), &scripts.path(), &words);
    let second = second.end().with_code(1);
    second.said("run twice already has a coordinator on ");
    second.said("choose another --run-id");
    assert!(first.is_running(), "the first one is left alone");
    first.signal("INT");
}

#[test]
fn without_a_coordinator_users_go_on_for_a_minute_and_stop() {
    let (nats, target) = (Nats::start(), Target::fine());
    let scripts = Folder::of("asker", SCRIPT);
    let workers = two_workers(&nats);
    let words = ["--users", "8", "--ramp", "0", "--duration", "600"];
    let run = run(&nats, 2, &target.url(), &scripts.path(), &words)
        .at_speed(SPEED)
        .start();
    target.wait_for(100);
    run.signal("KILL");
    let killed = Instant::now();
    wait(40.0);
    let before = target.count();
    wait(5.0);
    assert!(target.count() > before, "users stopped before their time");
    for worker in workers {
        let ended = worker.end().with_code(1);
        ended.said("has no coordinator: users go on for up to 60 s");
        ended.said("users stop");
    }
    // What is still to be reported has its time, too.
    let lasted = killed.elapsed().as_secs_f64() * SPEED;
    assert!((55.0..120.0).contains(&lasted), "{lasted} s");
}

/// A run of two workers with a standby of its own, which waits.
fn with_standby(nats: &Nats, target: &Target, scripts: &Folder, words: &[&str]) -> (Run, Run) {
    with_standby_at(SPEED, nats, target, scripts, words)
}

fn with_standby_at(
    speed: f64,
    nats: &Nats,
    target: &Target,
    scripts: &Folder,
    words: &[&str],
) -> (Run, Run) {
    let start = |words: &[&str]| {
        run(nats, 2, &target.url(), &scripts.path(), words)
            .at_speed(speed)
            .with_summary()
            .start()
    };
    let first = start(words);
    first.wait_for("run ");
    target.wait_for(1);
    let standby = start(&[words, &["--standby"]].concat());
    standby.wait_for("has a coordinator; standing by");
    (first, standby)
}

#[test]
fn a_standby_goes_on_with_a_run_and_counts_each_request_once() {
    let (nats, target) = (Nats::start(), Target::fine());
    let scripts = Folder::of("asker", SCRIPT);
    let workers = two_workers(&nats);
    let folder = tempfile::tempdir().unwrap();
    let course = folder.path().join("course.csv");
    let words = [
        "--users",
        "8",
        "--ramp",
        "0",
        "--duration",
        "60",
        "--run-id",
        "kept",
        "--fail-if",
        "failed > 50%",
        "--report",
        course.to_str().unwrap(),
    ];
    let (first, standby) = with_standby(&nats, &target, &scripts, &words);
    // At a moment that is no multiple of the time between checkpoints.
    wait(12.7);
    first.signal("KILL");
    let at_loss = target.count();
    standby.wait_for("run kept has lost its coordinator; this process takes over (epoch 2)");
    assert!(target.count() > at_loss + 50, "workers went on");
    let summary = standby.end().with_code(0).summary();
    assert_eq!(requests(&summary), target.count() as u64);
    assert_eq!(summary["cluster"]["gap"], 0);
    assert_eq!(summary["run"]["id"], "kept");
    assert_eq!(summary["thresholds"][0]["result"], "passed");
    let lasted = summary["run"]["seconds"].as_f64().unwrap();
    assert!((58.0..65.0).contains(&lasted), "{lasted}");
    all_end(workers);
    its_course_has_each_request_once(&course, target.count());
}

/// Eight users who wait 0.1 s after each request send no more than 80 a second, also in the seconds that nobody led.
fn its_course_has_each_request_once(course: &Path, sent: usize) {
    let mut lines = csv::Reader::from_path(course).unwrap();
    let lines: Vec<BTreeMap<String, String>> = lines.deserialize().map(Result::unwrap).collect();
    let endpoints = lines.iter().filter(|line| line["kind"] == "endpoint");
    let (mut counted, mut seconds) = (0, 0.0);
    for line in endpoints {
        let number = |column: &str| line[column].parse::<f64>().unwrap();
        assert!(number("per_second") < 90.0, "{line:?}");
        counted += line["count"].parse::<usize>().unwrap();
        seconds += number("seconds");
    }
    assert_eq!(counted, sent);
    assert!((55.0..70.0).contains(&seconds), "{seconds} s");
}

/// Makes a thing in each session, which a clean-up deletes.
const MAKER: &str = "
    return { requests = 2, think = 2, steps = { { 1, function()
      http.post('/things', { creates = { kind = 'thing', id = '/id', delete = { path = '/things/{id}' } } })
    end } } }";

#[test]
fn a_clean_up_goes_on_under_another_coordinator_and_deletes_everything_once() {
    let nats = Nats::start();
    let made = AtomicUsize::new(0);
    let target = Target::new(move |request| match request.method.as_str() {
        "POST" => {
            let id = made.fetch_add(1, Ordering::Relaxed);
            Answer::Status(201, format!("{{\"id\": {id}}}"))
        }
        // So slowly that the coordinator is killed before the end.
        _ => Answer::Late(Duration::from_millis(200), 204),
    });
    let scripts = Folder::of("maker", MAKER);
    let workers = two_workers(&nats);
    let words = [
        "--users",
        "8",
        "--ramp",
        "0",
        "--duration",
        "20",
        "--cleanup",
    ];
    let (first, standby) = with_standby(&nats, &target, &scripts, &words);
    let deleted = || {
        let requests = target.requests().into_iter();
        let deletes = requests.filter(|request| request.method == "DELETE");
        deletes.map(|request| request.path).collect::<Vec<_>>()
    };
    wait_for(
        || (deleted().len() > 4).then_some(()),
        || format!("{} were deleted", deleted().len()),
    );
    first.signal("KILL");
    standby.wait_for("this process takes over (epoch 2)");
    let summary = standby.end().with_code(0).summary();
    all_end(workers);
    let all = target.requests();
    let made = all
        .iter()
        .filter(|request| request.method == "POST")
        .count();
    let deleted = deleted();
    let single: BTreeSet<&String> = deleted.iter().collect();
    assert!(
        single.len() == made && deleted.len() == made,
        "{made} {deleted:?} {summary:#}"
    );
    assert_eq!(requests(&summary), all.len() as u64);
    assert_eq!(summary["cluster"]["gap"], 0);
}

#[test]
fn a_standby_that_is_not_needed_ends_with_the_run() {
    let (nats, target) = (Nats::start(), Target::fine());
    let scripts = Folder::of("asker", SCRIPT);
    let workers = two_workers(&nats);
    let words = ["--users", "4", "--ramp", "0", "--duration", "20"];
    let (first, standby) = with_standby(&nats, &target, &scripts, &words);
    let summary = first.end().with_code(0).summary();
    assert_eq!(requests(&summary), target.count() as u64);
    let standby = standby.end().with_code(0);
    standby.said("is over: the standby was not needed");
    all_end(workers);
}

#[test]
fn a_standby_with_another_plan_is_refused_which_names_what_differs() {
    let (nats, target) = (Nats::start(), Target::fine());
    let scripts = Folder::of("asker", SCRIPT);
    let _workers = two_workers(&nats);
    let words = ["--users", "4", "--ramp", "0", "--duration", "600"];
    let first = run(&nats, 2, &target.url(), &scripts.path(), &words)
        .at_speed(SPEED)
        .start();
    target.wait_for(1);
    let words = [
        "--users",
        "5",
        "--ramp",
        "0",
        "--duration",
        "600",
        "--standby",
    ];
    let other = Folder::of("asker", &SCRIPT.replace("/page", "/other"));
    let standby = run(&nats, 2, &target.url(), &other.path(), &words).at_speed(SPEED);
    let standby = standby.end().with_code(2);
    standby.said("the command line is not that of run ");
    standby.said("different plan.users, script asker; use the same plan");
    first.signal("INT");
    first.end().with_code(0);
}

#[test]
fn a_coordinator_that_was_stopped_for_a_while_leaves_the_run_to_its_standby() {
    let (nats, target) = (Nats::start(), Target::fine());
    let scripts = Folder::of("asker", SCRIPT);
    // A lease that is seen to end, and a record that is seen not to be renewed, are two seconds apart.
    let workers = two_workers_at(&nats, 1.0);
    let words = ["--users", "8", "--ramp", "0", "--duration", "30"];
    let (first, standby) = with_standby_at(1.0, &nats, &target, &scripts, &words);
    target.wait_for(400);
    first.signal("STOP");
    standby.wait_for("has lost its coordinator");
    first.signal("CONT");
    let first = first.end().with_code(1);
    first.said("was taken over by throng run");
    let summary = standby.end().with_code(0).summary();
    assert_eq!(requests(&summary), target.count() as u64);
    assert_eq!(summary["cluster"]["gap"], 0);
    all_end(workers);
}

#[test]
fn one_of_three_servers_may_be_lost() {
    let (mut nats, target) = (Three::start(), Target::fine());
    let scripts = Folder::of("asker", SCRIPT);
    let workers = ["a", "b"].map(|name| {
        let words = [
            "worker",
            "--nats",
            &nats.url(),
            "--name",
            name,
            "--once",
            "--threads",
            "1",
        ];
        throng(words).start()
    });
    let url = nats.url();
    let words = [
        "--nats",
        &url,
        "--workers",
        "2",
        "--users",
        "8",
        "--ramp",
        "0",
        "--duration",
        "12",
    ];
    let run = program::run(&target.url(), &scripts.path(), &words)
        .with_summary()
        .start();
    target.wait_for(100);
    nats.kill_leader("THRONG_RES");
    let summary = run.end().with_code(0).summary();
    assert_eq!(requests(&summary), target.count() as u64);
    assert_eq!(summary["cluster"]["gap"], 0);
    all_end(workers);
}
