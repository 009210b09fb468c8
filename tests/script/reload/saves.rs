//! The ways in which files are saved, swapped, taken away and brought back.

use std::os::unix::fs::symlink;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use throng::script::{Place, ReloadEvent};

use super::{Folder, SETTLE, Watched, marked, names, text, under_saves};

fn one() -> Watched {
    Watched::new(Folder::one(&marked("a")))
}

#[test]
fn a_save_that_truncates_and_writes_is_offered() {
    let watched = Watched::patient(Folder::one(&marked("a")));
    watched.folder.write("scripts/one.lua", marked("b"));
    assert_eq!(watched.one(), marked("b"));
    watched.folder.write("scripts/one.lua", marked("a"));
    assert_eq!(
        watched.one(),
        marked("a"),
        "what was there before is news too"
    );
    watched.quiet();
}

#[test]
fn a_save_that_renames_a_new_file_over_the_old_is_offered() {
    let watched = one();
    for mark in ["b", "c"] {
        watched.folder.write("scripts/.one.lua.tmp", marked(mark));
        watched
            .folder
            .rename("scripts/.one.lua.tmp", "scripts/one.lua");
        assert_eq!(watched.one(), marked(mark));
    }
    watched.quiet();
}

#[test]
fn a_save_as_vim_does_it_is_one_offer() {
    let watched = Watched::patient(Folder::one(&marked("a")));
    for mark in ["b", "c"] {
        watched.folder.write("scripts/.one.lua.swp", "b0VIM");
        watched.folder.write("scripts/4913", "");
        watched.folder.remove("scripts/4913");
        watched.folder.rename("scripts/one.lua", "scripts/one.lua~");
        watched.folder.write("scripts/one.lua", marked(mark));
        watched.folder.remove("scripts/one.lua~");
        watched.folder.remove("scripts/.one.lua.swp");
        assert_eq!(watched.one(), marked(mark));
        watched.quiet();
    }
}

#[test]
fn a_file_of_which_half_is_written_yet_is_waited_for() {
    let watched = Watched::with(Folder::one(&marked("a")), |settings| {
        settings.patience.settle = Duration::from_secs(1);
    });
    watched
        .folder
        .write("scripts/one.lua", "return { step = fun");
    std::thread::sleep(Duration::from_millis(100));
    watched.folder.write("scripts/one.lua", marked("b"));
    assert_eq!(watched.one(), marked("b"));
}

#[test]
fn a_touched_file_and_an_editors_own_files_are_no_news() {
    let watched = one();
    watched.folder.write("scripts/one.lua", marked("a"));
    watched.folder.write("scripts/one.lua~", marked("b"));
    watched.folder.write("scripts/.#one.lua", marked("b"));
    watched.folder.write("scripts/notes.txt", "b");
    let file = std::fs::File::open(watched.folder.at("scripts/one.lua")).unwrap();
    file.set_modified(std::time::SystemTime::UNIX_EPOCH)
        .unwrap();
    watched.quiet();
}

#[test]
fn a_type_joins_leaves_and_returns() {
    let watched = one();
    watched.folder.write("scripts/two.lua", marked("two"));
    assert_eq!(names(&watched.loaded().bundle), ["one", "two"]);
    watched.folder.remove("scripts/one.lua");
    let loaded = watched.loaded();
    assert_eq!(names(&loaded.bundle), ["two"]);
    assert_eq!(loaded.specs.len(), 1);
    watched.folder.write("scripts/one.lua", marked("a"));
    let loaded = watched.loaded();
    assert_eq!(names(&loaded.bundle), ["one", "two"]);
    assert_eq!(loaded.bundle.closure("one"), watched.first.closure("one"));
}

#[test]
fn a_folder_of_modules_appears_changes_vanishes_and_comes_back() {
    let watched = Watched::new(Folder::one(
        "local x = pcall(require, 'deep.x')\nreturn { step = function() end }",
    ));
    let module = |bundle: &throng::script::Bundle| {
        let source = bundle.module("deep.x")?;
        Some(String::from_utf8(source.text.to_vec()).unwrap())
    };
    for _ in 0..2 {
        watched.folder.write("lib/deep/x.lua", "return 1");
        let mut loaded = watched.loaded();
        if module(&loaded.bundle).is_none() {
            // The folder was seen before the file in it.
            loaded = watched.loaded();
        }
        assert_eq!(module(&loaded.bundle).unwrap(), "return 1");
        watched.folder.write("lib/deep/x.lua", "return 2");
        assert_eq!(module(&watched.loaded().bundle).unwrap(), "return 2");
        std::fs::remove_dir_all(watched.folder.at("lib")).unwrap();
        assert_eq!(module(&watched.loaded().bundle), None);
    }
}

#[test]
fn the_script_folder_is_deleted_and_restored() {
    let watched = one();
    let folder = watched.folder.at("scripts");
    for mark in ["b", "c"] {
        std::fs::remove_dir_all(&folder).unwrap();
        let fault = watched.fault();
        let gone = format!("{}: cannot be read as a folder: ", folder.display());
        assert!(fault.starts_with(&gone), "{fault}");
        assert!(fault.ends_with("; name one with --script-dir"), "{fault}");
        watched.folder.write("scripts/one.lua", marked("a"));
        assert_eq!(watched.one(), marked("a"));
        // The new folder is watched as the old one was.
        watched.folder.write("scripts/one.lua", marked(mark));
        assert_eq!(watched.one(), marked(mark));
    }
}

#[test]
fn an_empty_folder_is_refused_and_not_obeyed() {
    let watched = one();
    watched.folder.remove("scripts/one.lua");
    let fault = watched.fault();
    assert!(fault.contains("there is no script in it"), "{fault}");
    watched.folder.write("scripts/one.lua", marked("a"));
    assert_eq!(watched.one(), marked("a"), "a mended folder is offered");
}

#[test]
fn a_folder_moved_away_and_another_in_its_place_is_offered() {
    let watched = Watched::patient(Folder::one(&marked("a")).file("next/one.lua", marked("b")));
    watched.folder.rename("scripts", "old");
    watched.folder.rename("next", "scripts");
    assert_eq!(watched.one(), marked("b"));
    watched.folder.write("old/one.lua", marked("old"));
    watched.quiet();
    watched.folder.write("scripts/one.lua", marked("c"));
    assert_eq!(watched.one(), marked("c"));
}

/// As Kubernetes mounts a config map: files are links through `..data`, which is swapped.
#[test]
fn a_swap_of_the_link_to_the_data_is_one_offer() {
    let folder = Folder::new();
    let scripts = folder.at("scripts");
    let put = |version: &str, mark: &str| {
        folder.write(&format!("scripts/..{version}/one.lua"), marked(mark));
        folder.write(&format!("scripts/..{version}/two.lua"), marked(mark));
        symlink(format!("..{version}"), scripts.join("..data_tmp")).unwrap();
        std::fs::rename(scripts.join("..data_tmp"), scripts.join("..data")).unwrap();
    };
    put("1", "a");
    for name in ["one.lua", "two.lua"] {
        symlink(format!("..data/{name}"), scripts.join(name)).unwrap();
    }
    let watched = Watched::new(folder);
    for (version, mark) in [("2", "b"), ("3", "c")] {
        let folder = &watched.folder;
        folder.write(&format!("scripts/..{version}/one.lua"), marked(mark));
        folder.write(&format!("scripts/..{version}/two.lua"), marked(mark));
        symlink(format!("..{version}"), scripts.join("..data_tmp")).unwrap();
        std::fs::rename(scripts.join("..data_tmp"), scripts.join("..data")).unwrap();
        let loaded = watched.loaded();
        assert_eq!(text(&loaded.bundle, "one"), marked(mark));
        assert_eq!(text(&loaded.bundle, "two"), marked(mark));
        watched.quiet();
    }
}

#[test]
fn a_swap_of_a_link_on_the_way_to_the_folder_is_offered() {
    let folder = Folder::new()
        .file("1/scripts/one.lua", marked("a"))
        .file("2/scripts/one.lua", marked("b"))
        .file("2/lib/x.lua", "return 1");
    symlink("1", folder.at("current")).unwrap();
    let place = Place::Folder(folder.at("current/scripts"));
    let first = Arc::new(throng::script::Bundle::read(&place, None).unwrap());
    throng::script::check(&first, &super::script_config()).unwrap();
    let folder = folder.script("one.lua", marked("a"));
    let watched = Watched::with(folder, |settings| {
        settings.places.scripts = place;
        settings.first = first;
    });
    symlink("2", watched.folder.at("next")).unwrap();
    watched.folder.rename("next", "current");
    let loaded = watched.loaded();
    assert_eq!(text(&loaded.bundle, "one"), marked("b"));
    assert!(loaded.bundle.module("x").is_some());
    watched.folder.write("2/scripts/one.lua", marked("c"));
    assert_eq!(watched.one(), marked("c"));
}

#[test]
fn a_file_that_is_a_link_is_watched_where_it_is() {
    let folder = Folder::new().file("shared/one.lua", marked("a"));
    symlink("../shared/one.lua", folder.at("scripts/one.lua")).unwrap();
    let watched = Watched::new(folder);
    watched.folder.write("shared/one.lua", marked("b"));
    assert_eq!(watched.one(), marked("b"));
}

#[test]
fn a_checkout_of_fifty_files_ends_with_the_right_ones() {
    let folder = Folder::new();
    let git = |words: &[&str]| {
        let mut git = Command::new("git");
        git.current_dir(folder.at("")).args([
            "-c",
            "user.name=a",
            "-c",
            "user.email=a@b",
            "-c",
            "core.hooksPath=/dev/null",
        ]);
        let done = git.args(words).output().unwrap();
        assert!(done.status.success(), "{done:?}");
    };
    git(&["init", "-q", "-b", "first"]);
    let save = |mark: &str| {
        for number in 0..50 {
            folder.write(&format!("scripts/type_{number}.lua"), marked(mark));
        }
        git(&["add", "."]);
        git(&["commit", "-q", "-m", mark]);
    };
    save("a");
    git(&["checkout", "-q", "-b", "second"]);
    save("b");
    let watched = Watched::patient(folder);
    let mut git = Command::new("git");
    git.current_dir(watched.folder.at(""))
        .args(["checkout", "-q", "first"]);
    assert!(git.status().unwrap().success());
    let right = |bundle: &throng::script::Bundle| {
        names(bundle)
            .iter()
            .all(|name| text(bundle, name) == marked("a"))
    };
    let mut offers = 1;
    while !right(&watched.loaded().bundle) {
        offers += 1;
    }
    assert!(offers <= 3, "{offers}");
    watched.quiet();
}

#[test]
fn a_thousand_saves_in_a_row_leave_one_state_in_memory() {
    let watched = one();
    let mut bundles = Vec::new();
    let mut last = String::new();
    let mut take = |offer: ReloadEvent| {
        if let ReloadEvent::Loaded(loaded) = offer {
            last = text(&loaded.bundle, "one");
            bundles.push(Arc::downgrade(&loaded.bundle));
        }
        last.clone()
    };
    for save in 1..=1_000 {
        watched
            .folder
            .write("scripts/one.lua", marked(&save.to_string()));
        std::thread::sleep(Duration::from_millis(1));
        if let Ok(offer) = watched.offers.try_recv() {
            take(offer);
        }
    }
    while take(watched.next()) != marked("1000") {}
    watched.quiet();
    // A machine with other work pauses between saves for longer than the loader waits.
    assert!(bundles.len() < 250, "{}", bundles.len());
    let alive = bundles.iter().filter(|bundle| bundle.strong_count() > 0);
    assert_eq!(
        alive.count(),
        0,
        "nobody but who took the offers holds them"
    );
}

#[test]
fn saves_without_a_pause_do_not_hold_it_up() {
    let watched = Watched::with(Folder::one(&marked("a")), |settings| {
        settings.patience.settle = Duration::from_millis(500);
        settings.patience.longest = SETTLE;
    });
    let pause = Duration::from_millis(5);
    // The writer never leaves half a second of quiet.
    let offers = under_saves(&watched.folder, pause, || [watched.next(), watched.next()]);
    let fine = |offer: &ReloadEvent| matches!(offer, ReloadEvent::Loaded(_));
    assert!(offers.iter().all(fine), "{offers:#?}");
}

#[test]
fn two_readings_that_do_not_agree_are_followed_by_two_more() {
    let watched = Watched::with(Folder::one(&marked("a")), |settings| {
        settings.patience.settle = Duration::from_millis(30);
        settings.patience.longest = Duration::from_millis(60);
    });
    // So often that there is a save between two readings now and then.
    let pause = Duration::from_millis(1);
    let offers = under_saves(&watched.folder, pause, || {
        std::array::from_fn::<_, 12, _>(|_| watched.next())
    });
    let fine = |offer: &ReloadEvent| matches!(offer, ReloadEvent::Loaded(_));
    assert!(offers.iter().all(fine), "{offers:#?}");
}
