//! What needs another thing is deleted before it, also while sessions end and while the target has a fault.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use super::program::run;
use super::{Answer, Folder, Target};

/// Each session makes a user and then a badge for it, which needs the user; all are numbered by the target.
const MAKER: &str = "
    local function make(kind, needs, parent)
      local res = http.post('/' .. kind .. '/of/{parent}', { params = { parent = parent }, creates = { kind = kind, id = '/id',
        needs = needs, delete = { path = '/' .. kind .. '/{id}/of/{parent}', } } })
      return res.ok and res:json().id
    end
    return { requests = 2, think = 0.05, step = function()
      local user = make('user', nil, 'nobody')
      if user then make('badge', { 'user' }, user) end
    end }";

/// A target that numbers what it makes, whatever it is, and answers deletions with `gone`.
fn target(gone: impl Fn(&str) -> Answer + Send + Sync + 'static) -> Target {
    let next = AtomicU64::new(1);
    Target::new(move |request| match request.method.as_str() {
        "POST" => {
            let id = next.fetch_add(1, Ordering::Relaxed);
            Answer::Status(201, format!("{{\"id\":{id}}}"))
        }
        _ => gone(&request.path),
    })
}

/// When each thing was deleted, by its path: users by their number, badges by that of their user.
fn deletions(target: &Target) -> [BTreeMap<String, usize>; 2] {
    let [mut users, mut badges] = [BTreeMap::new(), BTreeMap::new()];
    for (place, request) in target.requests().iter().enumerate() {
        if request.method != "DELETE" {
            continue;
        }
        let parts: Vec<&str> = request.path.split('/').collect();
        match parts[..] {
            ["", "user", id, "of", _] => users.insert(id.to_owned(), place),
            ["", "badge", _, "of", user] => badges.insert(user.to_owned(), place),
            _ => panic!("{}", request.path),
        };
    }
    [users, badges]
}

#[test]
fn of_a_session_that_ends_during_a_clean_up_nothing_is_deleted_out_of_order() {
    // While the badges of a pass are deleted, other sessions end; their users must not go before their badges.
    let target = target(|path| match path.starts_with("/badge/") {
        true => Answer::Late(Duration::from_millis(150), 200),
        false => Answer::ok(),
    });
    let scripts = Folder::of("maker", MAKER);
    let words = "--users 4 --ramp 0 --continuous --cleanup-interval 1";
    let words: Vec<&str> = words.split(' ').collect();
    let running = run(&target.url(), &scripts.path(), &words).start();
    running.wait_for("things deleted");
    running.signal("INT");
    running.end().with_code(0);
    let [users, badges] = deletions(&target);
    assert!(badges.len() > 20, "{}", badges.len());
    // A user whose session was cut before it had a badge has none.
    for (user, place) in badges {
        assert!(place < users[&user], "user {user} went before its badge");
    }
}

#[test]
fn what_cannot_be_deleted_for_now_keeps_what_it_needs() {
    let sick = std::sync::Arc::new(AtomicBool::new(true));
    let busy = std::sync::Arc::clone(&sick);
    let target = target(move |path| match path.ends_with("/of/1") {
        true if busy.load(Ordering::Relaxed) => Answer::Status(503, "{}".to_owned()),
        _ => Answer::ok(),
    });
    let scripts = Folder::of("maker", MAKER);
    let state = tempfile::tempdir().unwrap();
    let place = state.path().to_str().unwrap();
    let words = [
        "--users",
        "1",
        "--sessions",
        "2",
        "--ramp",
        "0",
        "--cleanup",
    ];
    let ended = run(&target.url(), &scripts.path(), &words)
        .variable("THRONG_STATE_DIR", place)
        .end()
        .with_code(1);
    ended.said("left behind: badge 2: DELETE /badge/{id}/of/{parent} returned 503 (5 tries)");
    ended.said("left behind: user 1: the badge that needs it is still there");
    let [users, _] = deletions(&target);
    assert_eq!(users.into_keys().collect::<Vec<_>>(), ["3"]);

    sick.store(false, Ordering::Relaxed);
    super::program::throng(["cleanup"])
        .variable("THRONG_STATE_DIR", place)
        .end()
        .with_code(0);
    let [users, badges] = deletions(&target);
    assert!(badges["1"] < users["1"]);
}

#[test]
fn what_the_target_refuses_to_delete_keeps_nothing() {
    let target = target(|path| match path.starts_with("/badge/") {
        true => Answer::Status(403, "{}".to_owned()),
        false => Answer::ok(),
    });
    let scripts = Folder::of("maker", MAKER);
    let words = ["--users", "1", "--ramp", "0", "--cleanup"];
    let ended = run(&target.url(), &scripts.path(), &words)
        .end()
        .with_code(1);
    ended.said("left behind: badge 2: DELETE /badge/{id}/of/{parent} returned 403");
    assert!(
        !ended.stderr.contains("left behind: user"),
        "{}",
        ended.stderr
    );
}
