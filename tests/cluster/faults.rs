//! What breaks between workers and their leader: each request is counted all the same, as the target's own log says.

use std::path::Path;
use std::time::Duration;

use super::{requests, run, worker};
use crate::support::namespace::Namespace;
use crate::support::nats::Nats;
use crate::support::program::{FAST, Program, Run, throng};
use crate::support::scripts::Folder;
use crate::support::slow;
use crate::support::target::{Answer, Target};

const SCRIPT: &str = "return { requests = 100000, think = 0.02, \
                      steps = { { 1, function() http.get('/page') end } } }";

/// A run of one worker, or of two.
fn asking(nats: &Nats, workers: usize, target: &Target, seconds: &str) -> (Program, Folder) {
    let scripts = Folder::of("asker", SCRIPT);
    let words = [
        "--users",
        "8",
        "--ramp",
        "0",
        "--duration",
        seconds,
        "--on-loss",
        "degrade",
    ];
    let run = run(nats, workers, &target.url(), &scripts.path(), &words);
    (run.fast().with_summary(), scripts)
}

fn started(nats: &Nats, name: &str) -> Run {
    worker(nats, name, &["--threads", "1"]).fast().start()
}

/// Nothing is missing of a run whose workers were all there to the end.
fn whole(run: Run, target: &Target) {
    let summary = run.end().with_code(0).summary();
    assert_eq!(requests(&summary), target.count() as u64, "{summary:#}");
    assert_eq!(summary["cluster"]["gap"], 0);
    assert_eq!(summary["cluster"]["gap_is_exact"], true);
    for worker in summary["cluster"]["workers"].as_array().unwrap() {
        assert_eq!(worker["state"], "done", "{worker}");
    }
}

#[test]
fn a_server_that_is_restarted_loses_nothing() {
    let (mut nats, target) = (Nats::start(), Target::fine());
    let workers = ["a", "b"].map(|name| started(&nats, name));
    let (run, _scripts) = asking(&nats, 2, &target, "60");
    let run = run.start();
    target.wait_for(500);
    nats.restart();
    whole(run, &target);
    drop(workers);
}

#[test]
fn a_slow_network_costs_time_and_no_counts() {
    let (nats, target) = (Nats::start(), Target::fine());
    let far = slow::way_to(nats.address, Duration::from_millis(100));
    let url = format!("nats://{far}");
    let words = ["worker", "--nats", &url, "--name", "far", "--threads", "1"];
    let _far = throng(words).fast().start();
    let _near = started(&nats, "near");
    let (run, _scripts) = asking(&nats, 2, &target, "40");
    whole(run.start(), &target);
}

/// The stream of results as a coordinator makes it, but with room for so many bytes.
fn small_stream(nats: &Nats, bytes: i64) {
    use async_nats::jetstream::{self, stream};
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let client = async_nats::connect(nats.url()).await.unwrap();
        let config = stream::Config {
            name: "THRONG_RES".to_owned(),
            subjects: vec!["throng.*.res.>".into()],
            max_bytes: bytes,
            max_age: Duration::from_secs(7 * 24 * 3600),
            discard: stream::DiscardPolicy::New,
            ..Default::default()
        };
        let made = jetstream::new(client).create_stream(config).await;
        made.unwrap();
    });
}

#[test]
fn a_stream_that_is_full_holds_reports_back_and_loses_none() {
    let (nats, target) = (Nats::start(), Target::fine());
    small_stream(&nats, 96 << 10);
    let workers = ["a", "b"].map(|name| started(&nats, name));
    let (run, _scripts) = asking(&nats, 2, &target, "60");
    whole(run.start(), &target);
    drop(workers);
}

#[test]
fn a_disk_that_takes_no_spool_is_said_once_and_the_run_goes_on() {
    let (nats, target) = (Nats::start(), Target::fine());
    let state = tempfile::tempdir().unwrap();
    std::fs::write(state.path().join("spool"), "not a folder").unwrap();
    let place = state.path().display().to_string();
    let words = ["--once", "--threads", "1", "--state-dir", &place];
    let full = worker(&nats, "full", &words).fast().start();
    let (run, _scripts) = asking(&nats, 1, &target, "20");
    whole(run.start(), &target);
    said_once(&full.end().with_code(0).stderr, state.path());
}

fn said_once(stderr: &str, place: &Path) {
    let lines = stderr
        .lines()
        .filter(|line| line.contains("worker full cannot spool its reports"));
    let lines: Vec<&str> = lines.collect();
    assert_eq!(lines.len(), 1, "{stderr}");
    let place = place.join("spool").display().to_string();
    assert!(lines[0].contains(&place), "{}", lines[0]);
    assert!(lines[0].contains("--state-dir"), "{}", lines[0]);
}

/// A file system of one folder, with so little room; it goes with its test.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    /// None: only root may mount one, which is said.
    fn of(bytes: &str) -> Option<Self> {
        let state = tempfile::tempdir().unwrap();
        let spool = state.path().join("spool");
        std::fs::create_dir(&spool).unwrap();
        let options = format!("size={bytes}");
        let mut mount = std::process::Command::new("mount");
        mount
            .args(["-t", "tmpfs", "-o", &options, "throng"])
            .arg(&spool);
        let is_mounted = mount.output().is_ok_and(|done| done.status.success());
        if !is_mounted {
            eprintln!("skipped: a small disk needs root, to mount one");
        }
        is_mounted.then_some(Self(state))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let spool = self.0.path().join("spool");
        let _ = std::process::Command::new("umount").arg(spool).output();
    }
}

#[test]
fn a_disk_that_is_full_is_said_once_and_the_run_goes_on() {
    // One page for the counts, and one for the first reports.
    let Some(disk) = SmallDisk::of("8k") else {
        return;
    };
    let (nats, target) = (Nats::start(), Target::fine());
    let place = disk.0.path().display().to_string();
    let words = ["--once", "--threads", "1", "--state-dir", &place];
    let full = worker(&nats, "full", &words).fast().start();
    let (run, _scripts) = asking(&nats, 1, &target, "40");
    let run = run.start();
    target.wait_for(500);
    // Reports wait in the spool while the server does not take them.
    nats.signal("STOP");
    std::thread::sleep(Duration::from_secs_f64(10.0 / FAST));
    nats.signal("CONT");
    whole(run, &target);
    said_once(&full.end().with_code(0).stderr, disk.0.path());
}

#[test]
fn a_worker_that_is_cut_off_stops_and_says_its_counts_when_the_link_is_back() {
    let Some(namespace) = Namespace::new() else {
        return;
    };
    let nats = Nats::at(namespace.address(0), "jetstream { store_dir: STORE }");
    // The target is reached by the other link, so that each request which leaves arrives.
    let target = (namespace.address(1), 0).into();
    let target = Target::at(target, |_| Answer::ok());
    let _kept = started(&nats, "kept");
    let cut = worker(&nats, "cut", &["--threads", "1"]);
    let _cut = cut.fast().by(&namespace.words()).start();
    let (run, _scripts) = asking(&nats, 2, &target, "90");
    let run = run.start();
    target.wait_for(500);
    namespace.set(0, "down");
    run.wait_for("worker cut is lost: no heartbeat for 20 s");
    namespace.set(0, "up");
    let summary = run.end().with_code(0).summary();
    let gap = summary["cluster"]["gap"].as_u64().unwrap();
    assert_eq!(
        requests(&summary) + gap,
        target.count() as u64,
        "{summary:#}"
    );
    assert_eq!(summary["cluster"]["gap_is_exact"], true, "{summary:#}");
}

#[test]
fn what_others_lent_of_the_rate_ends_when_a_worker_is_cut_off() {
    let (nats, target) = (Nats::start(), Target::fine());
    // One user needs the whole rate, so that the worker of the others lends its half.
    let script = "return { requests = 100000, think = 0, steps = { { 1, function(user) \
                  if user.id > 0 then think(1000) end http.get('/page') end } } }";
    let scripts = Folder::of("asker", script);
    let workers = ["a", "b"].map(|name| started(&nats, name));
    let words = [
        "--users",
        "8",
        "--ramp",
        "0",
        "--max-rps",
        "8",
        "--duration",
        "300",
    ];
    let run = run(&nats, 2, &target.url(), &scripts.path(), &words)
        .fast()
        .start();
    // By now it has what was lent.
    target.wait_for(80);
    // The rate is what is tested, so the time is the test's own.
    let span = |seconds: f64| std::thread::sleep(Duration::from_secs_f64(seconds / FAST));
    let within = |seconds: f64| {
        let before = target.count();
        span(seconds);
        (target.count() - before) as f64 / seconds
    };
    let lent = within(8.0);
    assert!(lent > 6.0, "{lent} a second");
    nats.signal("STOP");
    span(6.5);
    let own = within(7.0);
    nats.signal("CONT");
    assert!(
        (2.5..5.5).contains(&own),
        "{own} a second of 8, before {lent}"
    );
    drop((run, workers));
}
