//! Two runs that want the same port.

use std::net::TcpListener;
use std::path::Path;
use std::time::Duration;

use super::program::{Program, Run};
use super::{Folder, Target, browsing, throng};

struct Street {
    target: Target,
    scripts: Folder,
}

impl Street {
    fn new() -> Self {
        Self {
            target: Target::fine(),
            scripts: Folder::of("browse", &browsing(1_000_000)),
        }
    }

    fn run(&self, keys: &Path, address: &str) -> Program {
        throng([
            "run",
            "--continuous",
            "--users",
            "1",
            "--base-url",
            &self.target.url(),
        ])
        .args(&["--listen", address, "--script-dir"])
        .arg(self.scripts.path())
        .variable("XDG_RUNTIME_DIR", keys.to_str().unwrap())
    }
}

/// Where a run listens, and its id.
fn place(run: &Run) -> (String, String) {
    let line = run.wait_for(" of 1 users against ");
    let id = line.split_once("run ").unwrap().1[..8].to_owned();
    let address = run.metrics_address().to_string();
    run.wait_for("control at");
    (address, id)
}

#[test]
fn the_second_says_which_run_has_the_port() {
    let street = Street::new();
    let keys = tempfile::tempdir().unwrap();
    let first = street.run(keys.path(), "127.0.0.1:0").start();
    let (address, id) = place(&first);
    let stranger = tempfile::tempdir().unwrap();
    for keys in [keys.path(), stranger.path()] {
        street.run(keys, &address).end().with_code(2).said(&format!(
            "--listen {address}: another throng, run {id} listens there (`throng ctl status --run \
             {id}` shows it); name another one"
        ));
    }
    first.signal("INT");
    first.end().with_code(0);
}

#[test]
fn beyond_loopback_a_run_is_known_to_its_user_by_its_key() {
    let street = Street::new();
    let keys = tempfile::tempdir().unwrap();
    let first = street.run(keys.path(), "0.0.0.0:0").start();
    let (address, id) = place(&first);
    let second = street.run(keys.path(), &address).end().with_code(2);
    second.said(&format!(
        "--listen {address}: another throng, run {id} listens there"
    ));
    let stranger = tempfile::tempdir().unwrap();
    let other = street.run(stranger.path(), &address).end().with_code(2);
    other.said(&format!(
        "--listen {address}: another throng listens there; name another one"
    ));
    first.signal("INT");
    first.end().with_code(0);
}

#[test]
fn another_program_is_none_whatever_it_does() {
    let street = Street::new();
    let keys = tempfile::tempdir().unwrap();
    let mute = TcpListener::bind("127.0.0.1:0").unwrap();
    let closes = TcpListener::bind("127.0.0.1:0").unwrap();
    let places = [&mute, &closes].map(|one| one.local_addr().unwrap().to_string());
    std::thread::spawn(move || closes.incoming().for_each(drop));
    let places = [&places[0], &places[1], &street.target.url()[7..].to_owned()].map(String::clone);
    for address in &places {
        let ended = street.run(keys.path(), address).end().with_code(2);
        ended.said(&format!(
            "--listen {address}: it is taken by another program; name another one"
        ));
        assert!(ended.took < Duration::from_secs(5), "{:?}", ended.took);
    }
}
