//! How changes are noticed, what a command is answered, and what the user is told of the watching.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use throng::plan::Watch;
use throng::script::{Bundle, Loader, LoaderRequest, Place, ReloadEvent};

use super::{Folder, PATIENCE, Watched, marked, script_config, settings_for, text, under_saves};

fn polled(every: Duration) -> Watched {
    Watched::with(Folder::one(&marked("a")), |settings| {
        settings.watch = Watch::Poll;
        settings.patience.poll = every;
    })
}

#[test]
fn what_the_system_does_not_tell_is_found_by_looking() {
    let watched = polled(Duration::from_millis(100));
    for mark in ["b", "c"] {
        watched.folder.write("scripts/one.lua", marked(mark));
        assert_eq!(watched.one(), marked(mark));
    }
    std::fs::remove_dir_all(watched.folder.at("scripts")).unwrap();
    watched.fault();
    watched.folder.write("scripts/one.lua", marked("c"));
    assert_eq!(watched.one(), marked("c"));
    watched.quiet();
}

#[test]
fn the_net_under_the_systems_watching_finds_it_too() {
    let watched = Watched::with(Folder::one(&marked("a")), |settings| {
        settings.watch = Watch::Auto;
        settings.patience.poll = Duration::from_millis(100);
    });
    // Away with all that is watched, parents too: no hint can tell when it is back.
    let away = tempfile::tempdir().unwrap();
    let root = watched.folder.at("");
    let to = away.path().join("all");
    std::fs::rename(&root, &to).unwrap();
    watched.fault();
    std::fs::write(to.join("scripts/one.lua"), marked("b")).unwrap();
    std::fs::rename(&to, &root).unwrap();
    assert_eq!(watched.one(), marked("b"));
}

#[test]
fn a_change_before_the_watch_began_is_found() {
    let folder = Folder::one(&marked("a"));
    let settings = settings_for(&folder, |_| ());
    folder.write("scripts/one.lua", marked("b"));
    let (say, offers) = mpsc::channel();
    let _loader = Loader::start(settings, move |offer| say.send(offer).unwrap()).unwrap();
    match offers.recv_timeout(PATIENCE).unwrap() {
        ReloadEvent::Loaded(loaded) => assert_eq!(text(&loaded.bundle, "one"), marked("b")),
        other => panic!("{other:#?}"),
    }
}

#[test]
fn switched_off_nothing_is_noticed_until_somebody_asks() {
    let watched = Watched::with(Folder::one(&marked("a")), |settings| {
        settings.watch = Watch::Off
    });
    watched.folder.write("scripts/one.lua", marked("b"));
    watched.quiet();
    watched.ask(7);
    let loaded = watched.loaded();
    assert_eq!(
        (loaded.ticket, text(&loaded.bundle, "one")),
        (Some(7), marked("b"))
    );
}

#[test]
fn every_question_is_answered_also_when_nothing_changed() {
    let watched = Watched::new(Folder::one(&marked("a")));
    watched.ask(1);
    watched.ask(2);
    for ticket in [1, 2] {
        let loaded = watched.loaded();
        assert_eq!(loaded.ticket, Some(ticket));
        assert_eq!(loaded.bundle.fingerprint(), watched.first.fingerprint());
    }
    watched.folder.write("scripts/one.lua", "error('no')");
    watched.fault();
    watched.ask(3);
    match watched.next() {
        ReloadEvent::Refused { ticket, faults, .. } => {
            assert_eq!(ticket, Some(3));
            assert_eq!(faults[0].to_string(), "scripts/one.lua:1: no");
        }
        other => panic!("{other:#?}"),
    }
    watched.quiet();
}

#[test]
fn scripts_inside_the_program_are_read_again_when_asked() {
    let first = std::sync::Arc::new(Bundle::read(&Place::Stock, None).unwrap());
    throng::script::check(&first, &script_config()).unwrap();
    let fingerprint = first.fingerprint();
    let watched = Watched::with(Folder::one(&marked("a")), |settings| {
        settings.places.scripts = Place::Stock;
        settings.first = first;
    });
    watched.ask(1);
    assert_eq!(watched.loaded().bundle.fingerprint(), fingerprint);
}

#[test]
fn a_folder_that_does_not_come_to_rest_is_not_read() {
    let watched = Watched::with(Folder::one(&marked("a")), |settings| {
        settings.watch = Watch::Off;
        settings.patience.longest = Duration::from_millis(100);
    });
    let answer = under_saves(&watched.folder, Duration::ZERO, || {
        watched.ask(1);
        watched.next()
    });
    match answer {
        ReloadEvent::Refused {
            faults,
            ticket: Some(1),
            ..
        } => assert_eq!(
            faults[0].message,
            "does not come to rest, so there is nothing whole to read; ask again when nobody writes to it"
        ),
        other => panic!("{other:#?}"),
    }
    watched.ask(2);
    watched.loaded();
}

#[test]
fn a_changed_crowd_script_is_said_once_to_come_too_late() {
    let watched = Watched::new(Folder::one(&marked("a")));
    let late = "scripts/_crowd.lua has changed; setup has already run, so the change applies to the next run";
    watched
        .folder
        .write("scripts/_crowd.lua", "return { setup = function() end }");
    watched.loaded();
    assert_eq!(watched.note(), late);
    watched.folder.write("scripts/one.lua", marked("b"));
    watched.loaded();
    watched.quiet();
    watched.folder.remove("scripts/_crowd.lua");
    watched.loaded();
    assert_eq!(watched.note(), late);
}

#[test]
fn a_panic_is_told_and_not_repeated() {
    let folder = Folder::one(&marked("a"));
    let settings = settings_for(&folder, |settings| {
        settings.watch = Watch::Poll;
        settings.patience.poll = Duration::from_millis(50);
    });
    let (say, offers) = mpsc::channel();
    let fell = AtomicBool::new(false);
    let loader = Loader::start(settings, move |offer| {
        if !fell.swap(true, Ordering::Relaxed) {
            panic!("no room");
        }
        say.send(offer).unwrap();
    })
    .unwrap();
    let next = || offers.recv_timeout(PATIENCE).unwrap();
    folder.write("scripts/one.lua", marked("b"));
    let note = next();
    let ReloadEvent::Note(words) = &note else {
        panic!("{note:#?}");
    };
    assert_eq!(
        *words,
        format!(
            "{} could not be read: no room; the run continues unchanged, and the next change is tried again; please report this",
            folder.at("scripts").display()
        )
    );
    folder.write("scripts/one.lua", marked("c"));
    assert!(matches!(next(), ReloadEvent::Loaded(_)));
    drop(loader);
    assert!(offers.try_recv().is_err());
}

#[test]
fn it_ends_at_once_and_says_so_to_who_asked() {
    let watched = Watched::new(Folder::one(&marked("a")));
    for name in ["one", "two", "three"] {
        watched
            .folder
            .write(&format!("scripts/{name}.lua"), "while true do end");
    }
    let asker = watched.loader.asker();
    watched.ask(1);
    watched.ask(2);
    let began = Instant::now();
    drop(watched.loader);
    assert!(
        began.elapsed() < Duration::from_secs(2),
        "{:?}",
        began.elapsed()
    );
    for ticket in [1, 2] {
        match watched.offers.recv_timeout(PATIENCE).unwrap() {
            ReloadEvent::Unread { ticket: answered } => assert_eq!(answered, ticket),
            other => panic!("{other:#?}"),
        }
    }
    // Its thread is gone with the sender of the offers.
    assert!(watched.offers.recv_timeout(PATIENCE).is_err());
    assert!(!asker.ask(LoaderRequest::Reload(3)));
}
