//! What a user deletes itself the clean-up does not ask for again, unless nobody knows that it is gone.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use super::program::{run, throng};
use super::{Answer, Ended, Folder, Program, Target};
use crate::support::patience::until;

/// Makes six things in one session, which the target numbers, and deletes five of them.
const MAKER: &str = "
    return { requests = 11, think = 0, step = function()
      local made = {}
      for i = 1, 6 do
        made[i] = http.post('/things', { creates = { kind = 'thing', id = '/id', delete = { path = '/things/{id}' } } }):json().id
      end
      for i = 1, 5 do
        http.delete('/things/' .. made[i], { expect = { '2xx', '4xx', '5xx' } })
      end
    end }";

const MOVED: &[u8] = b"HTTP/1.1 303 See Other\r\nLocation: /login\r\nContent-Length: 0\r\n\r\n";

/// The first deletion of a thing is answered by its number, later ones with 404.
fn target(first: impl Fn(u64) -> Answer + Send + Sync + 'static) -> Target {
    let made = AtomicU64::new(0);
    let seen = Mutex::new(BTreeSet::new());
    Target::new(move |request| match request.method.as_str() {
        "POST" if request.path == "/things" => {
            let id = made.fetch_add(1, Ordering::Relaxed) + 1;
            Answer::Status(201, format!("{{\"id\":{id}}}"))
        }
        "DELETE" => {
            let id = request.path.trim_start_matches("/things/").parse().unwrap();
            match seen.lock().unwrap().insert(id) {
                true => first(id),
                false => Answer::Status(404, "{}".to_owned()),
            }
        }
        _ => Answer::Status(200, "{\"access_token\":\"t\"}".to_owned()),
    })
}

fn gone() -> Answer {
    Answer::Status(204, String::new())
}

/// How often each thing was asked to go.
fn deletions(target: &Target) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for request in target.requests() {
        if request.method == "DELETE" {
            *counts.entry(request.path).or_default() += 1;
        }
    }
    counts
}

fn counts<const N: usize>(expected: [usize; N]) -> BTreeMap<String, usize> {
    let thing = |(number, count): (usize, usize)| (format!("/things/{}", number + 1), count);
    expected.into_iter().enumerate().map(thing).collect()
}

fn one_user(target: &Target, scripts: &Folder, state: &Path) -> Program {
    let words = ["--users", "1", "--sessions", "1", "--ramp", "0"];
    run(&target.url(), &scripts.path(), &words)
        .variable("THRONG_STATE_DIR", state.to_str().unwrap())
}

fn cleanup(state: &Path, words: &[&str]) -> Ended {
    throng(["cleanup"])
        .args(words)
        .variable("THRONG_STATE_DIR", state.to_str().unwrap())
        .end()
        .with_code(0)
}

#[test]
fn the_clean_up_asks_for_what_is_left_and_for_nothing_twice() {
    let target = target(|id| match id {
        2 => Answer::Status(410, "{}".to_owned()),
        3 => Answer::Status(404, "{}".to_owned()),
        // Of these two nobody knows that they are gone.
        4 => Answer::Status(500, "{}".to_owned()),
        5 => Answer::Bytes(MOVED.to_vec()),
        _ => gone(),
    });
    let state = tempfile::tempdir().unwrap();
    one_user(&target, &Folder::of("maker", MAKER), state.path())
        .arg("--cleanup")
        .end()
        .with_code(0)
        .said("clean-up: 3 of 3 things deleted");
    assert_eq!(deletions(&target), counts([1, 1, 1, 2, 2, 1]));
}

#[test]
fn a_later_clean_up_finds_nothing_of_what_a_user_deleted() {
    let target = target(|_| gone());
    let state = tempfile::tempdir().unwrap();
    let scripts = Folder::of("maker", &MAKER.replace("1, 5", "1, 6").replace("11", "12"));
    one_user(&target, &scripts, state.path()).end().with_code(0);
    assert_eq!(deletions(&target), counts([1; 6]));
    let asked = target.count();
    let ended = cleanup(state.path(), &[]);
    assert!(
        ended.stdout.contains("nothing is left on any target"),
        "{ended:?}"
    );
    assert_eq!(target.count(), asked);
}

#[test]
fn a_run_that_is_killed_before_the_response_leaves_the_item_to_the_clean_up() {
    // It is deleted, but the response is lost.
    let target = target(|id| match id {
        5 => Answer::Never,
        _ => gone(),
    });
    let state = tempfile::tempdir().unwrap();
    let scripts = Folder::of("maker", MAKER);
    let running = one_user(&target, &scripts, state.path()).start();
    target.wait_for(11);
    // The ledger is written in groups.
    until("the deletions are on file", || {
        cleanup(state.path(), &["--list"])
            .stdout
            .contains("thing x2")
    });
    running.signal("KILL");
    drop(running);
    let ended = cleanup(state.path(), &[]);
    assert!(ended.stdout.contains("2 of 2 things deleted"), "{ended:?}");
    assert_eq!(deletions(&target), counts([1, 1, 1, 1, 2, 1]));
}

#[test]
fn a_404_to_another_account_than_that_of_the_clean_up_settles_nothing() {
    let target = target(|id| match id {
        1 => Answer::Status(404, "{}".to_owned()),
        _ => gone(),
    });
    let setup =
        "auth.setup { login = { path = '/login', fields = { 'email' }, token = '/access_token' } }";
    let with_account = MAKER.replace("kind =", "as = { email = 'root' }, kind =");
    let scripts = Folder::of("maker", &format!("{setup}{with_account}"));
    let state = tempfile::tempdir().unwrap();
    one_user(&target, &scripts, state.path())
        .arg("--cleanup")
        .end()
        .with_code(0);
    assert_eq!(deletions(&target), counts([2, 1, 1, 1, 1, 1]));
}
