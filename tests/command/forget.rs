//! `throng cleanup --forget RUN`: for a target that is gone.

use super::Answer;
use super::clean_later::{MAKER, Place, deletions, id_of, json, target};
use crate::support::patience::wait_for;

#[test]
fn what_a_run_left_is_told_and_then_its_ledger_is_gone() {
    let (target, place) = (target(|_| Answer::ok()), Place::new(MAKER));
    let first = id_of(&place.run(&target, &["--users", "3"]).end());
    let second = id_of(&place.run(&target, &["--users", "2"]).end());
    let before = target.count();
    let ended = place.cleanup(&["--forget", &first]).with_code(0);
    for id in ["1", "2", "3"] {
        let line = format!("thing {id}: not deleted yet\n");
        assert!(ended.stdout.contains(&line), "{}", ended.stdout);
    }
    let url = format!("{}/", target.url());
    let last =
        format!("run {first} at {url}: forgotten: thing x3; nothing was deleted on the target\n");
    assert!(ended.stdout.ends_with(&last), "{}", ended.stdout);
    assert_eq!(target.count(), before, "nothing is sent");
    let ended = place.cleanup(&["--forget", &first]).with_code(2);
    ended.said(&format!("--forget {first}: "));
    ended.said("has no ledger of this run");

    let told = json(&place.cleanup(&["--forget", &second, "--json"]).with_code(0));
    let wanted = serde_json::json!([{
        "run": second, "target": url, "skipped": null,
        "forgotten": { "thing": { "confirmed": 2, "unconfirmed": 0 } },
    }]);
    assert_eq!(told, wanted);
    assert_eq!(place.files(), 0);
    assert_eq!(deletions(&target), [""; 0]);
}

#[test]
fn a_run_that_goes_on_is_not_forgotten() {
    let (target, place) = (target(|_| Answer::ok()), Place::new(MAKER));
    let run = place.run(&target, &["--users", "1", "-e", "stay=600"]);
    let run = run.start();
    let listed = || json(&place.cleanup(&["--list", "--json"]));
    let told = wait_for(
        || Some(listed()).filter(|told| told[0]["left"]["thing"]["confirmed"] == 1),
        || format!("it made nothing: {}", listed()),
    );
    let id = told[0]["run"].as_str().unwrap().to_owned();
    let ended = place.cleanup(&["--forget", &id]).with_code(1);
    let why = "skipped: it is in progress, or a clean-up is processing it; stop that first";
    assert!(ended.stdout.contains(why), "{}", ended.stdout);
    let told = json(&place.cleanup(&["--forget", &id, "--json"]).with_code(1));
    assert_eq!(told[0]["forgotten"], serde_json::Value::Null);
    assert!(!told[0]["skipped"].is_null());
    run.signal("INT");
    run.end().with_code(0);
    place.cleanup(&["--run", &id]).with_code(0);
    assert_eq!(deletions(&target), ["/things/1"]);
}

#[test]
fn what_cannot_be_read_is_forgotten_and_what_is_no_ledger_stays() {
    let (target, place) = (target(|_| Answer::ok()), Place::new(MAKER));
    let id = id_of(&place.run(&target, &["--users", "1"]).end());
    let file = |id: &str| place.state.join(format!("{id}.ledger"));
    let newer = rusqlite::Connection::open(file(&id)).unwrap();
    newer.pragma_update(None, "user_version", 99).unwrap();
    drop(newer);
    std::fs::write(file("mine"), "a file of somebody's own").unwrap();
    let ended = place.cleanup(&["--forget", "mine"]).with_code(1);
    assert!(
        ended.stdout.contains("run mine: skipped: "),
        "{}",
        ended.stdout
    );
    assert!(file("mine").exists());
    let ended = place.cleanup(&["--forget", &id]).with_code(0);
    for words in [
        "what it left cannot be read: ",
        "forgotten, whatever it left",
    ] {
        assert!(ended.stdout.contains(words), "{}", ended.stdout);
    }
    assert!(!file(&id).exists());
}

#[test]
fn it_names_one_run_and_stands_alone() {
    let place = Place::new(MAKER);
    for other in [
        &["--all"][..],
        &["--list"],
        &["--run", "x"],
        &["--older-than", "1h"],
    ] {
        let words = [&["--forget", "r1"], other].concat();
        let ended = place.cleanup(&words).with_code(2);
        ended.said(&format!("--forget with {}: ", other[0]));
    }
    let ended = place.cleanup(&["--forget", "../x"]).with_code(2);
    ended.said("is not a valid run id");
}
