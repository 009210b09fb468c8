//! What keeps a run from beginning is said at once, with the remedy.

use std::time::Duration;

use super::{run, worker, workers};
use crate::support::nats::Nats;
use crate::support::program::throng;
use crate::support::scripts::Folder;
use crate::support::target::Target;

fn scripts() -> Folder {
    Folder::of(
        "asker",
        "return { step = function() http.get('/page') end }",
    )
}

#[test]
fn a_server_that_is_not_there_or_keeps_nothing_is_named() {
    let scripts = scripts();
    let nats = Nats::with("");
    let target = Target::fine();
    let ended = run(&nats, 1, &target.url(), &scripts.path(), &[])
        .end()
        .with_code(1);
    ended.said("has no JetStream");
    ended.said("start it with -js");
    let url = nats.url();
    drop(nats);
    let words = ["--nats", &url, "--workers", "1"];
    let ended = crate::support::program::run(&target.url(), &scripts.path(), &words).end();
    ended.with_code(1).said("cannot be reached");
    let ended = throng(["worker", "--nats", &url]).end().with_code(1);
    ended.said("cannot be reached");
    assert_eq!(target.count(), 0);
}

#[test]
fn who_may_not_connect_learns_it_at_once() {
    let nats = Nats::with(
        "jetstream { store_dir: STORE }\nauthorization { user: crowd, password: s3cret-word }",
    );
    let ended = throng(["worker", "--nats", &nats.url()]).end().with_code(1);
    ended.said("refused the connection");
    ended.said("--nats-creds or --nats-nkey");
    assert!(ended.took < Duration::from_secs(8), "{:?}", ended.took);
    // With a password in the URL, which nothing shows.
    let url = nats.url().replace("nats://", "nats://crowd:s3cret-word@");
    let (scripts, target) = (scripts(), Target::fine());
    let words = ["--nats", &url, "--workers", "1", "--workers-within", "1"];
    let ended = crate::support::program::run(&target.url(), &scripts.path(), &words).end();
    let ended = ended.with_code(1);
    ended.said("0 of 1 workers joined within 1 s");
    assert!(!ended.stderr.contains("s3cret-word"), "{}", ended.stderr);
}

#[test]
fn what_a_user_of_the_server_may_not_do_is_said_and_is_no_time_out() {
    let nats = Nats::with(
        "jetstream { store_dir: STORE }\nauthorization { users: [ { user: crowd, password: word, \
         permissions: { publish: { deny: [\"$JS.API.STREAM.CREATE.>\"] } } } ] }",
    );
    let url = nats.url().replace("nats://", "nats://crowd:word@");
    let (scripts, target) = (scripts(), Target::fine());
    let words = ["--nats", &url, "--workers", "1"];
    let ended = crate::support::program::run(&target.url(), &scripts.path(), &words).end();
    let ended = ended.with_code(1);
    ended.said("does not allow it");
    ended.said("$JS.API.STREAM.CREATE");
    assert!(ended.took < Duration::from_secs(8), "{:?}", ended.took);
}

#[test]
fn too_few_workers_and_two_of_one_name_are_named() {
    let (nats, scripts, target) = (Nats::start(), scripts(), Target::fine());
    let one = workers(&nats, 1, 1);
    let words = ["--workers-within", "15"];
    let ended = run(&nats, 2, &target.url(), &scripts.path(), &words)
        .fast()
        .end()
        .with_code(1);
    ended.said("1 of 2 workers joined within 15 s");
    ended.said("throng worker --nats URL");
    drop(one);
    let twins = [
        worker(&nats, "twin", &[]).start(),
        worker(&nats, "twin", &[]).start(),
    ];
    let ended = run(&nats, 2, &target.url(), &scripts.path(), &[])
        .fast()
        .end()
        .with_code(1);
    ended.said("two workers have the name twin");
    drop(twins);
    assert_eq!(target.count(), 0);
}

#[test]
fn each_worker_needs_a_user() {
    let (scripts, target) = (scripts(), Target::fine());
    let words = [
        "--nats",
        "nats://127.0.0.1:1",
        "--workers",
        "3",
        "--users",
        "2",
    ];
    let ended = crate::support::program::run(&target.url(), &scripts.path(), &words).end();
    ended.with_code(2).said("use at most --workers 2");
}
