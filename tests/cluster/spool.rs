//! What a worker counted outlives its process: the counts of a run whose worker was killed, to the last request.

use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use super::{requests, run, worker};
use crate::support::nats::Nats;
use crate::support::program::{FAST, Program, Run};
use crate::support::scripts::Folder;
use crate::support::target::Target;

const SCRIPT: &str = "return { requests = 100000, think = 0.02, \
                      steps = { { 1, function() http.get('/page') end } } }";

/// A worker that keeps its files in this folder.
fn started(nats: &Nats, name: &str, state: &Path) -> Run {
    let state = state.display().to_string();
    worker(nats, name, &["--threads", "1", "--state-dir", &state])
        .fast()
        .start()
}

/// A run of two workers that goes on without one that is lost.
fn degrading(nats: &Nats, target: &Target, scripts: &Folder) -> Program {
    let words = [
        "--users",
        "8",
        "--ramp",
        "0",
        "--duration",
        "40",
        "--on-loss",
        "degrade",
    ];
    run(nats, 2, &target.url(), &scripts.path(), &words)
        .fast()
        .with_summary()
}

/// Checks that the summary accounts for each request of the target; gives the gap, and what was counted of the lost
/// worker.
fn accounted(summary: &Value, target: &Target) -> (u64, u64) {
    let cluster = &summary["cluster"];
    let gap = cluster["gap"].as_u64().unwrap();
    let asked = target.count() as u64;
    assert_eq!(requests(summary) + gap, asked, "{summary:#}");
    assert_eq!(cluster["gap_is_exact"], true, "{cluster:#}");
    let lost = cluster["workers"].as_array().unwrap();
    let lost = lost.iter().find(|worker| worker["name"] == "lost").unwrap();
    assert_eq!(lost["state"], "lost");
    (gap, lost["counted"].as_u64().unwrap())
}

fn spools(state: &Path) -> usize {
    std::fs::read_dir(state.join("spool")).map_or(0, Iterator::count)
}

#[test]
fn a_killed_worker_that_is_started_again_says_how_much_it_had_sent() {
    let (nats, target) = (Nats::start(), Target::fine());
    let scripts = Folder::of("asker", SCRIPT);
    let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let kept = started(&nats, "kept", there.path());
    let lost = started(&nats, "lost", here.path());
    let run = degrading(&nats, &target, &scripts).start();
    target.wait_for(500);
    lost.signal("KILL");
    lost.end();
    assert_eq!(spools(here.path()), 2);
    let again = started(&nats, "again", here.path());
    again.wait_for("recovered the reports of killed worker");
    let ended = run.end().with_code(0);
    ended.said("worker lost was killed; its reports were recovered; the run goes on");
    let (gap, _) = accounted(&ended.summary(), &target);
    assert!(gap > 0, "it was killed between two reports");
    assert_eq!(spools(here.path()), 0);
    again.signal("INT");
    again.end().with_code(0);
    kept.signal("INT");
    kept.end().with_code(0);
    assert_eq!(spools(there.path()), 0);
}

#[test]
fn reports_that_never_reached_the_server_are_sent_after_a_kill() {
    let (nats, target) = (Nats::start(), Target::fine());
    let scripts = Folder::of("asker", SCRIPT);
    let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let _kept = started(&nats, "kept", there.path());
    let lost = started(&nats, "lost", here.path());
    let run = degrading(&nats, &target, &scripts).start();
    target.wait_for(500);
    // Less than after which a worker is fenced.
    nats.signal("STOP");
    let before = target.count();
    std::thread::sleep(Duration::from_secs_f64(10.0 / FAST));
    let meanwhile = (target.count() - before) as u64;
    lost.signal("KILL");
    lost.end();
    nats.signal("CONT");
    let _again = started(&nats, "again", here.path());
    let ended = run.end().with_code(0);
    let (gap, _) = accounted(&ended.summary(), &target);
    // Half of what came meanwhile was of this worker, and most of that was in its spool.
    assert!(gap < meanwhile / 4, "{gap} of {meanwhile}");
}

#[test]
fn what_is_left_of_a_run_that_is_over_is_removed() {
    let (nats, target) = (Nats::start(), Target::fine());
    let scripts = Folder::of("asker", SCRIPT);
    let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let _kept = started(&nats, "kept", there.path());
    let lost = started(&nats, "lost", here.path());
    let run = degrading(&nats, &target, &scripts).start();
    target.wait_for(100);
    lost.signal("KILL");
    lost.end();
    run.end().with_code(0);
    assert_eq!(spools(here.path()), 2);
    let again = started(&nats, "again", here.path());
    again.wait_for("waits for a run");
    assert_eq!(spools(here.path()), 0);
}
