//! When the system's watching cannot be had: in a user namespace of its own, whose limits are zero.

use std::process::Command;
use std::time::Duration;

use throng::plan::Watch;
use throng::script::Loader;

use super::{Folder, Watched, marked, settings_for};

/// Runs another test of this binary, an ignored one, where this limit is zero.
fn without(limit: &str, test: &str) {
    let line = format!("echo 0 > /proc/sys/user/{limit} && exec \"$0\" \"$@\"");
    let mut inside = Command::new("unshare");
    inside.args(["-Ur", "sh", "-c", &line]);
    inside.arg(std::env::current_exe().unwrap());
    inside.args([
        "--exact",
        "--ignored",
        &format!("script::reload::limits::{test}"),
    ]);
    let done = inside.output().unwrap();
    let words = String::from_utf8_lossy(&done.stdout);
    assert!(
        words.contains("1 passed"),
        "{words}\n{}",
        String::from_utf8_lossy(&done.stderr)
    );
}

/// Whether this machine lets anybody make a user namespace.
fn namespaces() -> bool {
    let made = Command::new("unshare").args(["-Ur", "true"]).status();
    made.is_ok_and(|status| status.success())
}

#[test]
fn without_watches_or_watchers_left_the_folders_are_polled() {
    if namespaces() {
        without("max_inotify_watches", "inside_without_watches");
        without("max_inotify_instances", "inside_without_watchers");
    }
}

#[test]
#[ignore = "runs inside a namespace, by the test above"]
fn inside_without_watches() {
    falls_back(
        "the system has no watches left; raise the limit with `sysctl fs.inotify.max_user_watches=524288`",
    );
}

#[test]
#[ignore = "runs inside a namespace, by the test above"]
fn inside_without_watchers() {
    falls_back(
        "the system has no watchers, or no open files, left; raise the limits with \
         `sysctl fs.inotify.max_user_instances=512` and `ulimit -n 65536`",
    );
}

fn falls_back(why: &str) {
    let watched = Watched::begin(Folder::one(&marked("a")), |settings| {
        settings.watch = Watch::Auto;
        settings.patience.poll = Duration::from_secs(1);
    });
    let place = watched.folder.at("scripts");
    assert_eq!(
        watched.note(),
        format!(
            "{} cannot be watched: {why}; it is looked at every 1 s instead",
            place.display()
        )
    );
    watched.folder.write("scripts/one.lua", marked("b"));
    assert_eq!(watched.one(), marked("b"));
    let settings = settings_for(&watched.folder, |_| ());
    let refused = Loader::start(settings, |_| ()).unwrap_err();
    assert_eq!(
        refused.to_string(),
        format!(
            "--watch native: {why}; or give --watch auto, which looks at the folders every 3600 s then"
        )
    );
}
