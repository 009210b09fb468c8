//! A machine that gives too little: threads, open files, ports. It is the generator's fault, and said so.

use super::program::{Program, program};
use super::{Answer, Folder, Target, browsing};

/// `throng run` under limits that the shell sets.
fn limited(limits: &str, target: &Target, scripts: &Folder, words: &[&str]) -> Program {
    let (throng, line) = (
        env!("CARGO_BIN_EXE_throng"),
        format!("{limits}; exec \"$@\""),
    );
    program("/bin/sh", ["-c", &line, "sh", throng, "run", "--no-listen"])
        .args(&["--ramp", "0", "--base-url", &target.url()])
        .arg("--script-dir")
        .arg(scripts.path())
        .args(words)
        .with_summary()
}

#[test]
fn a_shard_that_cannot_start_ends_the_run_at_once() {
    let target = Target::fine();
    let crowd = "return { setup = function() http.post('/made', { json = {}, creates = { kind = 'thing', id = '/id', delete = { path = '/made/{id}' } } }) end }";
    let target_with_ids = Target::new(|_| Answer::Status(201, "{\"id\":\"n1\"}".to_owned()));
    let scripts = Folder::of("browse", &browsing(3));
    let words = ["--users", "100", "--threads", "100"];
    let ended = limited("ulimit -n 64", &target, &scripts, &words)
        .end()
        .with_code(1);
    ended.said(" of 100 cannot start: Too many open files");
    ended.said("give fewer --threads");
    assert_eq!(
        target.count(),
        0,
        "nobody begins where another shard cannot"
    );
    assert!(ended.took.as_secs() < 20, "{:?}", ended.took);
    // What was set up before is taken away again.
    let scripts = scripts.with("_crowd", crowd);
    let words = [&words[..], &["--cleanup"]].concat();
    limited("ulimit -n 64", &target_with_ids, &scripts, &words)
        .end()
        .with_code(1);
    let methods: Vec<_> = target_with_ids
        .requests()
        .into_iter()
        .map(|request| request.method)
        .collect();
    assert_eq!(methods, ["POST", "DELETE"]);
}
