//! A run that is killed in the middle: what it created is found in its ledger and deleted later.

use std::path::Path;

use super::program::{run, throng};
use super::{Folder, Program, Service};
use crate::support::patience::until;

/// What there is on the service: accounts that are not deleted, roles, permissions.
fn things(service: &Service) -> [usize; 3] {
    [
        service.list("/api/v1/users?is_deleted=false").len(),
        service.list("/api/v1/roles").len(),
        service.list("/api/v1/permissions").len(),
    ]
}

fn cleanup(state: &Path, words: &[&str]) -> Program {
    throng(["cleanup"])
        .args(words)
        .variable("THRONG_STATE_DIR", state.to_str().unwrap())
}

fn files(state: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(state) else {
        return Vec::new();
    };
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    // The history of runs stays.
    names.filter(|name| !name.starts_with("history")).collect()
}

/// A moment of the run, by the requests that came until then: each time another, by the clock of this process.
fn some_moment() -> u64 {
    let now = std::time::SystemTime::now();
    let since = now.duration_since(std::time::UNIX_EPOCH).unwrap();
    500 + u64::from(since.subsec_nanos()) % 2_500
}

fn killed_and_cleaned() {
    let service = Service::start();
    let state = Folder::new();
    let state = state.root().join("state");
    let before = things(&service);
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts");
    let words = [
        "--users",
        "500",
        "--ramp",
        "2",
        "--think-factor",
        "0.05",
        "--continuous",
        "--no-valve",
    ];
    let mut run = run(&service.url(), &scripts, &words)
        .variable("THRONG_STATE_DIR", state.to_str().unwrap())
        .start();
    let made = || {
        let made = ("POST /api/v1/users".to_owned(), "201".to_owned());
        service.counted().get(&made).copied().unwrap_or_default()
    };
    let moment = some_moment();
    until("that moment", || {
        let asked: u64 = service.counted().values().sum();
        !run.is_running() || made() > 10 && asked > moment
    });
    assert!(run.is_running());
    run.signal("KILL");
    drop(run);
    let ended = cleanup(&state, &["--all"]).end();
    assert_eq!(ended.code, Some(0), "after {moment} requests: {ended:#?}");
    assert_eq!(
        things(&service),
        before,
        "after {moment} requests: {ended:#?}"
    );
    assert_eq!(files(&state), [""; 0], "nothing is left of the ledger");
    assert!(made() > 10, "{} users were made", made());
}

#[test]
fn what_a_killed_run_created_is_deleted_by_a_later_clean_up() {
    killed_and_cleaned();
}

#[test]
fn what_a_killed_run_created_is_deleted_at_another_moment_too() {
    killed_and_cleaned();
}

#[test]
fn what_a_killed_run_created_is_deleted_at_any_moment() {
    killed_and_cleaned();
}
