//! A disk that is full: the run stops or goes on, as it was told, and nothing that it created is forgotten.

use std::path::Path;

use super::program::program;
use super::{Answer, Ended, Folder, Program, Target};

/// Makes one thing after the other, each with a name of its own.
const MAKER: &str = "return { requests = 400, think = 0, step = function(user)
    local name = random.string(400)
    local res = http.post('/things', { json = { name = name }, creates = { kind = 'thing', id = '/id',
      delete = { path = '/things/{id}' }, find = { path = '/find/{name}', params = { name = name } } } })
    if res.error then log.info('error: ' .. res.error .. ': ' .. res.message) think(0.05) end
end }";

/// Numbers what it makes, and finds each thing by another number.
fn numbering() -> Target {
    let next = std::sync::atomic::AtomicU64::new(0);
    Target::new(move |request| {
        let id = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let status = match request.method.as_str() {
            "POST" => 201,
            "GET" => 200,
            _ => return Answer::ok(),
        };
        Answer::Status(status, format!("{{\"id\":\"n{id}\"}}"))
    })
}

fn made(target: &Target) -> usize {
    let requests = target.requests();
    let posts = requests.iter().filter(|request| request.method == "POST");
    posts.count()
}

fn deleted(target: &Target) -> usize {
    let requests = target.requests();
    let mut paths: Vec<_> = requests
        .iter()
        .filter(|request| request.method == "DELETE")
        .map(|request| request.path.as_str())
        .collect();
    paths.sort_unstable();
    paths.dedup();
    paths.len()
}

/// `throng` where files grow to 200 kB and no further.
fn with_short_files(target: &Target, scripts: &Folder, state: &Path, words: &[&str]) -> Program {
    let line = "trap '' XFSZ; ulimit -f 400; exec \"$@\"";
    let words = [
        &["-c", line, "sh", env!("CARGO_BIN_EXE_throng"), "run"],
        &["--no-listen", "--users", "2", "--ramp", "0"][..],
        // The disk is the ledger's alone.
        &["--history-keep", "0"],
        words,
    ]
    .concat();
    program("/bin/dash", words)
        .args(&["--base-url", &target.url(), "--script-dir"])
        .arg(scripts.path())
        .variable("THRONG_STATE_DIR", state.to_str().unwrap())
        .with_summary()
}

/// `throng` with its ledger on a disk of 160 kB; none where this machine gives nobody a namespace with a disk of its own.
fn on_a_small_disk(
    target: &Target,
    scripts: &Folder,
    state: &Path,
    words: &[&str],
) -> Option<Program> {
    std::fs::create_dir_all(state).unwrap();
    let mount = format!("mount -t tmpfs -o size=160k small {}", state.display());
    let can = std::process::Command::new("unshare")
        .args(["-Urm", "sh", "-c", &mount])
        .output();
    if !can.is_ok_and(|done| done.status.success()) {
        eprintln!(
            "SKIPPED: this machine gives nobody a namespace with a disk of its own; the tests with short files run all the same"
        );
        return None;
    }
    let line = format!("{mount}; exec \"$@\"");
    let words = [
        &["-Urm", "sh", "-c", &line, "sh"],
        &[env!("CARGO_BIN_EXE_throng"), "run", "--no-listen"][..],
        &["--users", "2", "--ramp", "0", "--history-keep", "0"],
        words,
    ]
    .concat();
    let program = program("unshare", words)
        .args(&["--base-url", &target.url(), "--script-dir"])
        .arg(scripts.path())
        .variable("THRONG_STATE_DIR", state.to_str().unwrap())
        .variable("PATH", &std::env::var("PATH").unwrap())
        .with_summary();
    Some(program)
}

/// Everything that was made is listed at the end, or on file.
fn nothing_is_forgotten(ended: &Ended, target: &Target) {
    let listed = ended
        .stderr
        .matches("on the target, and in no ledger: ")
        .count();
    let left = ended.summary()["left_behind"]["thing"]
        .as_u64()
        .unwrap_or(0);
    assert_eq!(left as usize, made(target), "{}", ended.stderr);
    assert!(listed > 0, "{}", ended.stderr);
    assert!(listed < made(target), "some were written: {}", ended.stderr);
}

fn stopped_for_its_ledger(ended: &Ended, target: &Target) {
    let summary = ended.summary();
    assert_eq!(summary["stopped_by"]["cause"], "ledger", "{summary:#}");
    ended.said("the ledger cannot be written, so nothing may be created: ");
    ended.said("error: ledger: not sent: the ledger cannot be written: ");
    assert!((10..800).contains(&made(target)), "{}", made(target));
    // What was not sent is no leftover, and what was sent is one.
    assert_eq!(
        summary["left_behind"]["thing"],
        made(target),
        "{}",
        ended.stderr
    );
    let errors = summary["errors"].as_array().unwrap();
    assert!(errors.iter().any(|error| error["kind"] == "ledger"));
}

#[test]
fn a_run_that_must_write_stops_when_its_file_cannot_grow() {
    let (target, scripts) = (numbering(), Folder::of("maker", MAKER));
    let state = scripts.root().join("state");
    let ended = with_short_files(&target, &scripts, &state, &[])
        .end()
        .with_code(1);
    stopped_for_its_ledger(&ended, &target);
    // Later there is room again.
    let ended = super::throng(["cleanup"])
        .variable("THRONG_STATE_DIR", state.to_str().unwrap())
        .end()
        .with_code(0);
    assert_eq!(deleted(&target), made(&target), "{ended:?}");
}

#[test]
fn a_run_that_goes_on_lists_what_stands_in_no_file() {
    let (target, scripts) = (numbering(), Folder::of("maker", MAKER));
    let state = scripts.root().join("state");
    let words = ["--ledger", "best-effort"];
    let ended = with_short_files(&target, &scripts, &state, &words)
        .end()
        .with_code(0);
    assert_eq!(made(&target), 800);
    ended.said("is kept in memory, since the ledger cannot be written: ");
    nothing_is_forgotten(&ended, &target);
}

#[test]
fn a_run_on_a_full_disk_stops_or_goes_on_and_forgets_nothing() {
    let (target, scripts) = (numbering(), Folder::of("maker", MAKER));
    let state = scripts.root().join("state");
    let Some(program) = on_a_small_disk(&target, &scripts, &state, &[]) else {
        return;
    };
    let ended = program.end().with_code(1);
    stopped_for_its_ledger(&ended, &target);
    ended.said("database or disk is full");

    let target = numbering();
    let words = ["--ledger", "best-effort"];
    let program = on_a_small_disk(&target, &scripts, &state, &words).unwrap();
    let ended = program.end().with_code(0);
    assert_eq!(made(&target), 800);
    nothing_is_forgotten(&ended, &target);
}

#[test]
fn a_run_on_a_full_disk_cleans_up_all_the_same() {
    for words in [
        &["--cleanup"][..],
        &["--cleanup", "--ledger", "best-effort"],
    ] {
        let (target, scripts) = (numbering(), Folder::of("maker", MAKER));
        let state = scripts.root().join("state");
        let ended = with_short_files(&target, &scripts, &state, words).end();
        assert_eq!(deleted(&target), made(&target), "{words:?} {ended:?}");
        let left = &ended.summary()["left_behind"];
        assert_eq!(left, &serde_json::json!({}), "{words:?} {ended:?}");
        let files = std::fs::read_dir(&state).unwrap().count();
        assert_eq!(files, 0, "{words:?}: {ended:?}");
    }
}

#[test]
fn a_folder_that_cannot_be_written_keeps_a_run_from_starting_or_is_said() {
    let (target, scripts) = (numbering(), Folder::of("maker", MAKER));
    let state = scripts.root().join("file");
    std::fs::write(&state, "not a folder").unwrap();
    let state = state.join("state");
    let ended = with_short_files(&target, &scripts, &state, &[])
        .end()
        .with_code(2);
    ended.said("what the run creates cannot be recorded: ");
    ended.said("--ledger best-effort");
    assert_eq!(made(&target), 0);
    let words = ["--ledger", "best-effort", "--sessions", "2"];
    let words = [&words[..], &["--max-requests", "20"]].concat();
    let ended = with_short_files(&target, &scripts, &state, &words)
        .end()
        .with_code(0);
    let listed = ended.stderr.matches("on the target, and in no ledger: ");
    assert_eq!(listed.count(), made(&target), "{}", ended.stderr);
    assert!(made(&target) > 0);
}
