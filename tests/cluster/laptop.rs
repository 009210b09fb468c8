//! A cluster of one machine, from its start to a run and to its end; and what is listed of a server's workers.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{requests, worker};
use crate::support::nats::{self, Nats};
use crate::support::patience::{until, wait_for};
use crate::support::program::{self, Ended, Run, throng};
use crate::support::scripts::Folder;
use crate::support::target::Target;

/// A cluster of this machine that waits for runs.
struct Cluster {
    run: Run,
    /// What it says that a run needs: `--nats URL --nats-nkey FILE --workers N`.
    words: Vec<String>,
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

impl Cluster {
    /// With so many workers, and its own folder in this one.
    fn up(within: &tempfile::TempDir, workers: &str) -> Self {
        let run = throng(["cluster", "up", "--workers", workers, "--threads", "1"])
            .args(&["--nats-server", &nats::path()])
            .variable("TMPDIR", within.path().to_str().unwrap())
            .start();
        let line = run.wait_on_stdout("throng run --nats");
        let words = line.split(' ').skip(2).map(str::to_owned).collect();
        Self { run, words }
    }

    fn words(&self) -> Vec<&str> {
        self.words.iter().map(String::as_str).collect()
    }

    fn seed(&self) -> PathBuf {
        self.words[3].clone().into()
    }

    fn list(&self) -> Value {
        let listed = throng(["cluster", "ls", "--json"]).args(&self.words()[..4]);
        serde_json::from_str(&listed.end().with_code(0).stdout).unwrap()
    }
}

/// Processes whose command line names this folder.
fn processes(folder: &Path) -> Vec<String> {
    let folder = folder.to_str().unwrap();
    let all = std::fs::read_dir("/proc").unwrap().flatten();
    let lines = all.filter_map(|entry| std::fs::read(entry.path().join("cmdline")).ok());
    let lines = lines.map(|line| String::from_utf8_lossy(&line).replace('\0', " "));
    lines.filter(|line| line.contains(folder)).collect()
}

const SCRIPT: &str = "return { requests = 5, think = 0, \
                      steps = { { 1, function() http.get('/page') end } } }";
const FOR_EVER: &str = "return { requests = 100000, think = 0.05, \
                        steps = { { 1, function() http.get('/page') end } } }";

#[test]
fn a_cluster_of_this_machine_counts_each_request_and_leaves_nothing_after_a_signal() {
    let within = folder();
    let cluster = Cluster::up(&within, "2");
    let seed = cluster.seed();
    let mode = std::fs::metadata(&seed).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "{mode:o}");
    let folder = seed.parent().unwrap().to_owned();
    assert_eq!(processes(&folder).len(), 3, "{:?}", processes(&folder));

    let target = Target::fine();
    let scripts = Folder::of("asker", SCRIPT);
    let words = ["--users", "12", "--ramp", "0"];
    let ended = program::run(&target.url(), &scripts.path(), &cluster.words())
        .args(&words)
        .with_summary()
        .end()
        .with_code(0);
    let summary = ended.summary();
    assert_eq!(requests(&summary), 60);
    assert_eq!(target.count(), 60);
    assert_eq!(summary["cluster"]["gap"], 0);

    // Nobody without the key uses the server.
    let other = throng(["cluster", "ls", "--nats", &cluster.words[1]]).end();
    other.with_code(1).said("refused the connection");

    cluster.run.signal("TERM");
    let ended = cluster.run.end().with_code(0);
    ended.said("w0 | ");
    ended.said("w1 | ");
    assert_eq!(processes(&folder), [""; 0]);
    assert!(!folder.exists());
}

#[test]
fn workers_and_server_end_with_a_cluster_that_is_killed_and_the_next_removes_what_is_left() {
    let within = folder();
    let cluster = Cluster::up(&within, "2");
    let folder = cluster.seed().parent().unwrap().to_owned();
    assert_eq!(processes(&folder).len(), 3);
    cluster.run.signal("KILL");
    until("the end of its processes", || processes(&folder).is_empty());
    assert!(folder.exists());
    let next = Cluster::up(&within, "1");
    assert!(!folder.exists());
    next.run.signal("INT");
    next.run.end().with_code(0);
}

#[test]
fn a_cluster_ends_in_order_while_a_run_is_under_way() {
    let within = folder();
    let cluster = Cluster::up(&within, "2");
    let folder = cluster.seed().parent().unwrap().to_owned();
    let target = Target::fine();
    let scripts = Folder::of("asker", FOR_EVER);
    let words = [
        "--users",
        "8",
        "--ramp",
        "0",
        "--continuous",
        "--on-loss",
        "abort",
    ];
    let run = program::run(&target.url(), &scripts.path(), &cluster.words())
        .args(&words)
        .with_summary()
        .start();
    target.wait_for(40);
    let listed = cluster.list();
    let run_id = &listed["runs"][0]["id"];
    let counts = (&listed["runs"][0]["workers"], &listed["runs"][0]["wanted"]);
    assert_eq!((counts.0, counts.1), (&2.into(), &2.into()), "{listed:#}");
    assert_eq!(listed["runs"][0]["state"], "under way");
    let mut places = Vec::new();
    for worker in listed["workers"].as_array().unwrap() {
        assert_eq!(worker["state"], "working");
        assert_eq!(&worker["run"], run_id);
        places.push(worker["place"].as_u64());
    }
    places.sort_unstable();
    assert_eq!(places, [Some(0), Some(1)]);
    cluster.run.signal("INT");
    cluster.run.end().with_code(0);
    // What the workers counted has come before the server ended.
    let ended = run.end().with_code(1);
    assert_eq!(processes(&folder), [""; 0]);
    ended.said("was stopped; the run ends");
    let summary = ended.summary();
    assert_eq!(
        requests(&summary),
        target.count() as u64,
        "{}",
        ended.stderr
    );
    assert_eq!(summary["cluster"]["gap"], 0);
}

#[test]
fn a_machine_without_a_nats_server_is_told_how_to_have_one() {
    let empty = tempfile::tempdir().unwrap();
    let up = throng(["cluster", "up"]).variable("PATH", empty.path().to_str().unwrap());
    let ended = up.end().with_code(1);
    ended.said("nats-server is not on PATH");
    ended.said("apt-get install nats-server");
    let up = throng(["cluster", "up", "--nats-server", "nowhere"]).end();
    up.with_code(2)
        .said("--nats-server nowhere: there is no such file");
    // A program that is another one.
    let up = throng(["cluster", "up", "--nats-server", "/bin/false"]).end();
    up.with_code(1)
        .said("exited (exit status: 1) before it listened");
}

#[test]
fn a_cluster_ends_when_its_server_does() {
    let within = folder();
    let cluster = Cluster::up(&within, "1");
    let folder = cluster.seed().parent().unwrap().to_owned();
    let pid = std::fs::read_dir(&folder)
        .unwrap()
        .flatten()
        .find_map(|entry| {
            let name = entry.file_name().into_string().unwrap();
            let pid = name.strip_suffix(".ports")?.rsplit_once('_')?.1;
            pid.parse::<i32>().ok()
        });
    let pid = rustix::process::Pid::from_raw(pid.unwrap()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
    let ended = cluster.run.end().with_code(1);
    ended.said("the NATS server exited");
    assert_eq!(processes(&folder), [""; 0]);
}

fn list(nats: &Nats) -> Ended {
    throng(["cluster", "ls", "--nats", &nats.url()])
        .end()
        .with_code(0)
}

#[test]
fn workers_that_wait_and_runs_that_call_are_listed() {
    let nats = Nats::start();
    let nobody = list(&nats);
    assert!(
        nobody.stdout.starts_with("no worker answered"),
        "{nobody:?}"
    );
    let one = worker(&nats, "one", &["--threads", "3"]).start();
    let waiting = wait_for(
        || Some(list(&nats).stdout).filter(|text| text.contains("one")),
        || "the worker never answered".to_owned(),
    );
    let mut row = waiting.lines().nth(1).unwrap().split_whitespace();
    assert_eq!(row.next(), Some("one"), "{waiting}");
    let row: Vec<&str> = row.skip(1).collect();
    assert_eq!(row, [env!("CARGO_PKG_VERSION"), "3", "waiting", "-", "-"]);

    let (target, scripts) = (Target::fine(), Folder::of("asker", SCRIPT));
    let run = super::run(&nats, 2, &target.url(), &scripts.path(), &[]).start();
    one.wait_for("has place 0");
    let text = list(&nats).stdout;
    assert!(text.contains("working"), "{text}");
    let row = text.lines().last().unwrap();
    let row: Vec<&str> = row.split_whitespace().skip(1).collect();
    assert_eq!(row.join(" "), "1 2 waiting for workers", "{text}");
    drop(run);
    drop(one);
}
