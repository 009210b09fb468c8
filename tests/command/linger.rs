//! `--linger`: the figures stay for a while when the run is over.

use super::service::{ask, samples};
use super::{Answer, Folder, Target, browsing, throng};

fn lingering(target: &Target, folder: &Folder, time: &str) -> super::program::Program {
    throng(["run", "--listen", "127.0.0.1:0", "--users", "3"])
        .args(&["--base-url", &target.url(), "--linger", time])
        .arg("--script-dir")
        .arg(folder.path())
        .with_summary()
}

#[test]
fn the_last_figures_are_read_after_the_end() {
    let target = Target::new(|_| Answer::ok());
    let folder = Folder::of("one.lua", &browsing(7));
    let run = lingering(&target, &folder, "1h").start();
    let address = run.metrics_address();
    run.wait_for("the run is over; its figures stay at http://");
    // The summary is told before.
    run.wait_on_stdout("requests  21");
    let (_, text) = ask(address, "GET", "/metrics", None, None);
    let counted: f64 = samples(&text, "throng_requests_total")
        .iter()
        .map(|(_, value)| value)
        .sum();
    assert_eq!(counted, 21.0);
    assert_eq!(target.count(), 21);
    run.signal("INT");
    let ended = run.end().with_code(0);
    assert_eq!(ended.summary()["requests"]["total"], 21);
}

#[test]
fn it_ends_by_itself() {
    let target = Target::new(|_| Answer::ok());
    let folder = Folder::of("one.lua", &browsing(1));
    lingering(&target, &folder, "10ms").end().with_code(0);
}

#[test]
fn it_wants_a_time_and_a_port() {
    let ended = throng(["run", "--linger", "soon"]).end().with_code(2);
    ended.said("--linger soon: is not a valid duration; give seconds such as 30");
    let ended = throng(["run", "--linger", "5", "--no-listen"])
        .end()
        .with_code(2);
    ended.said("--linger with --no-listen");
}
