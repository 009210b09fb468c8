//! What is wrong with a tree refuses all of it, with every fault's place; the next good save wins.

use std::time::Duration;

use super::{Folder, Watched, marked, names};

/// Writes this as type `one`, beside a good one; gives the only fault. Then mends it.
fn fault(text: &str) -> String {
    let watched = Watched::new(Folder::one(&marked("a")).script("other.lua", marked("other")));
    watched.folder.write("scripts/one.lua", text);
    let fault = watched.fault();
    watched.quiet();
    watched.folder.write("scripts/one.lua", marked("a"));
    let loaded = watched.loaded();
    for name in ["one", "other"] {
        assert_eq!(loaded.bundle.closure(name), watched.first.closure(name));
    }
    fault
}

#[test]
fn a_script_that_does_not_load_is_refused_once_and_the_mended_one_offered() {
    for (text, wrong) in [
        (
            "return { step = fun",
            "scripts/one.lua:1: '}' expected near <eof>",
        ),
        (
            "local x = 1\nx = = 2",
            "scripts/one.lua:2: unexpected symbol near '='",
        ),
        ("\nerror('not today')", "scripts/one.lua:2: not today"),
        (
            "\n\nhttp.get('/')",
            "scripts/one.lua:3: http.get can be called only while a user runs (in on_start, a step or on_stop), not when the file loads",
        ),
        (
            "local s = ('x'):rep(1 << 30)",
            "scripts/one.lua:1: string.rep: the result would be longer than 16777216 bytes",
        ),
        (
            "local s = 'x' for _ = 1, 40 do s = s .. s end",
            "scripts/one.lua: not enough memory: the script's VM reached its limit",
        ),
        (
            "while true do end",
            "scripts/one.lua:1: loading it took more than 1000 ms; the top level of a file only defines things",
        ),
        (
            "return { weight = 1 }",
            "scripts/one.lua:1:8: has no steps; write steps = { { 1, function(user) ... end } }, or step = function(user) ... end",
        ),
        (
            "",
            "scripts/one.lua: returns nothing, not a table; end it with return { weight = 1, steps = { ... } }",
        ),
    ] {
        assert_eq!(fault(text), wrong);
    }
}

#[test]
fn faults_of_all_files_come_at_once() {
    let watched = Watched::new(Folder::one(&marked("a")).lib("idle.lua", "return 1"));
    watched.folder.write("scripts/one.lua", "\nerror('one')");
    watched.folder.write("scripts/two.lua", "\n\nreturn {}");
    watched.folder.write("scripts/_crowd.lua", "return 1");
    watched.folder.write("scripts/throng.toml", "users = 0\n");
    watched.folder.write("lib/idle.lua", "return\nlocal");
    assert_eq!(
        watched.refused(),
        [
            "scripts/one.lua:2: one",
            "scripts/two.lua:3:8: has no steps; write steps = { { 1, function(user) ... end } }, or step = function(user) ... end",
            "scripts/_crowd.lua:1:8: returns no table; end it with return { setup = function() ... end }",
            "lib/idle.lua:2: unexpected symbol near 'local'",
            "scripts/throng.toml:1:9: users 0: must be a whole number from 1 to 1,000,000; give one such as 300",
        ]
    );
}

#[test]
fn a_module_that_is_missing_renamed_or_in_a_circle_is_named() {
    let watched = Watched::new(
        Folder::one("local a = require 'a'\nreturn { step = function() end }")
            .lib("a.lua", "local b = require 'b'\nreturn {}")
            .lib("b.lua", "return {}"),
    );
    watched.folder.rename("lib/b.lua", "lib/c.lua");
    let missing = watched.fault();
    let start = "lib/a.lua:1: module 'b' is neither in the lib folder (a, c) nor built in (";
    assert!(missing.starts_with(start), "{missing}");
    watched.folder.write("lib/b.lua", "\nlocal a = require 'a'");
    assert_eq!(
        watched.fault(),
        "lib/b.lua:2: modules require each other in a cycle: a -> b -> a"
    );
    watched.folder.remove("lib/a.lua");
    let missing = watched.fault();
    assert!(
        missing.starts_with("scripts/one.lua:1: module 'a' is neither in the lib folder"),
        "{missing}"
    );
    watched.folder.write("lib/a.lua", "return {}");
    watched.loaded();
}

#[test]
fn another_wrong_state_is_another_refusal() {
    let watched = Watched::new(Folder::one(&marked("a")));
    for word in ["first", "second"] {
        watched
            .folder
            .write("scripts/one.lua", format!("error('{word}')"));
        assert_eq!(watched.fault(), format!("scripts/one.lua:1: {word}"));
    }
    watched.folder.write("scripts/one.lua", marked("b"));
    assert_eq!(watched.one(), marked("b"));
}

#[test]
fn a_metric_keeps_its_kind_and_labels_over_the_run() {
    let metric = |words: &str| format!("local m = metrics.{words}\n{}", marked(""));
    let watched = Watched::new(Folder::one(&metric("counter('orders')")));
    let clash = "scripts/one.lua: metrics: `orders` had another kind or other labels earlier in this run, which keeps them; give the new one another name";
    watched
        .folder
        .write("scripts/one.lua", metric("gauge('orders')"));
    assert_eq!(watched.fault(), clash);
    watched
        .folder
        .write("scripts/one.lua", metric("gauge('level')"));
    watched.loaded();
    // Neither is forgotten when no script declares it any more.
    watched.folder.write(
        "scripts/one.lua",
        metric("counter('orders', { labels = { 'shop' } })"),
    );
    assert_eq!(watched.fault(), clash);
    watched
        .folder
        .write("scripts/one.lua", metric("counter('level')"));
    assert_eq!(watched.fault(), clash.replace("orders", "level"));
    watched
        .folder
        .write("scripts/one.lua", metric("counter('orders')"));
    watched.loaded();
}

#[test]
fn only_the_wanted_types_take_part_but_all_must_be_fine() {
    let folder = Folder::one(&marked("a"))
        .script("two.lua", marked("a"))
        .script("three.lua", marked("a"));
    let watched = Watched::with(folder, |settings| {
        settings.types = Some(vec!["one".to_owned(), "two".to_owned()]);
    });
    watched.folder.write("scripts/three.lua", "error('three')");
    assert_eq!(watched.fault(), "scripts/three.lua:1: three");
    watched.folder.write("scripts/three.lua", marked("b"));
    let part = |watched: &Watched| {
        let loaded = watched.loaded();
        let specs = loaded.specs.iter().map(|spec| spec.name.clone());
        (specs.collect::<Vec<_>>(), names(&loaded.bundle).len())
    };
    assert_eq!(
        part(&watched),
        (vec!["one".to_owned(), "two".to_owned()], 3)
    );
    watched.folder.remove("scripts/one.lua");
    assert_eq!(part(&watched), (vec!["two".to_owned()], 2));
    watched.folder.remove("scripts/two.lua");
    let place = watched.folder.at("scripts");
    assert_eq!(
        watched.fault(),
        format!(
            "{}: none of the types that take part (one, two) is left; there are: three",
            place.display()
        )
    );
}

#[test]
fn an_endless_script_does_not_hold_up_the_next_save() {
    let watched = Watched::new(Folder::one(&marked("a")));
    for name in ["one", "two"] {
        watched
            .folder
            .write(&format!("scripts/{name}.lua"), "while true do end");
    }
    assert_eq!(watched.refused().len(), 2);
    watched.folder.remove("scripts/two.lua");
    assert_eq!(watched.refused().len(), 1);
    let began = std::time::Instant::now();
    watched.folder.write("scripts/one.lua", marked("b"));
    assert_eq!(watched.one(), marked("b"));
    assert!(began.elapsed() < Duration::from_secs(10));
}

#[test]
fn a_pipe_a_folder_and_a_circle_of_links_do_not_hold_it_up() {
    let watched = Watched::new(Folder::one(&marked("a")).lib("x.lua", "return 1"));
    let lib = watched.folder.at("lib");
    std::os::unix::fs::symlink(&lib, lib.join("again")).unwrap();
    std::os::unix::fs::symlink(".", lib.join("self")).unwrap();
    let pipe = watched.folder.at("scripts/pipe.lua");
    assert!(
        std::process::Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap()
            .success()
    );
    std::fs::create_dir(watched.folder.at("scripts/folder.lua")).unwrap();
    let faults = loop {
        let faults = watched.refused();
        if faults.len() == 2 {
            break faults;
        }
    };
    assert!(faults[0].starts_with("scripts/folder.lua: "), "{faults:#?}");
    assert_eq!(
        faults[1],
        "scripts/pipe.lua: cannot be read: it is not a file; rename it or remove it"
    );
}
