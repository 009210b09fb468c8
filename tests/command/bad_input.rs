//! What cannot be: the exit code, a message that names the thing, the place and what to do, and silence towards the target.

use std::net::TcpListener;

use super::program::run;
use super::{Ended, Folder, Target, browsing, throng};

/// Runs these words against a target that must not hear of it.
fn refused(words: &[&str], code: i32) -> Ended {
    refused_with(&Folder::of("browse", &browsing(1)), words, code)
}

fn refused_with(scripts: &Folder, words: &[&str], code: i32) -> Ended {
    let target = Target::fine();
    let ended = run(&target.url(), &scripts.path(), words)
        .end()
        .with_code(code);
    assert_eq!(ended.stdout, "", "{words:?}");
    assert_eq!(target.count(), 0, "{words:?} sent something");
    ended
}

#[test]
fn an_option_that_there_is_not_is_named_with_the_one_that_was_meant() {
    let ended = refused(&["--user", "5", "--error-rates", "3"], 2);
    ended.said("unexpected argument '--user'");
    ended.said("'--users'");
    refused(&["--nonsense"], 2).said("unexpected argument '--nonsense'");
    let ended = throng(["runn"]).end().with_code(2);
    ended.said("unrecognized subcommand 'runn'");
}

#[test]
fn values_that_cannot_be_are_told_all_at_once() {
    let words = [
        "--users",
        "0",
        "--min-requests",
        "9",
        "--max-requests",
        "3",
        "--error-rate",
        "101",
    ];
    let ended = refused(&words, 2);
    ended.said("--users 0: must be a whole number from 1 to 1,000,000; give one such as 300");
    ended.said("--min-requests 9: more than --max-requests 3; give a minimum");
    ended.said("--error-rate 101: must be a percentage from 0 to 100; give");
    refused(&["--users", "-5"], 2)
        .said("--users -5: must be a whole number from 1 to 1,000,000; give");
    refused(&["--error-rate", "-0.5"], 2).said("--error-rate -0.5: ");
}

#[test]
fn a_url_that_is_none_is_named() {
    let scripts = Folder::of("browse", &browsing(1));
    for (url, why) in [
        ("127.0.0.1:9", "does not begin with http:// or https://"),
        ("ftp://127.0.0.1/", "must be an http or https URL"),
        ("http://", "empty host"),
        ("http://127.0.0.1:99999", "invalid port number"),
    ] {
        let ended = run(url, &scripts.path(), &[]).end().with_code(2);
        ended.said(&format!("--base-url {url}: {why}"));
        ended.said("give a URL such as http://127.0.0.1:9501");
    }
}

#[test]
fn a_folder_without_scripts_says_what_to_put_there() {
    let ended = refused_with(&Folder::new(), &[], 3);
    ended.said("scripts: there is no script in it; put a file such as browse.lua there");
    let hidden = Folder::of("_notes", "return {}");
    refused_with(&hidden, &[], 3).said("there is no script in it");
    let nowhere = Folder::new();
    let place = nowhere.root().join("nowhere");
    let target = Target::fine();
    let ended = run(&target.url(), &place, &[]).end().with_code(3);
    ended.said(&place.display().to_string());
}

#[test]
fn faults_of_all_scripts_are_told_at_once_with_file_and_line() {
    let scripts = Folder::of("broken", "local a = 1\nretrun {}\n")
        .with("idle", "return { weight = 2 }")
        .with(
            "heavy",
            "return { weight = 'much', steps = { { 1, function() end } } }",
        )
        .with("odd", "return { stepps = {}, step = function() end }")
        .with(
            "raises",
            "local nothing\nlocal x = nothing.field\nreturn {}",
        )
        .with("fine", &browsing(1));
    let ended = refused_with(&scripts, &[], 3);
    ended.said("the scripts were rejected, nothing was sent:");
    ended.said("scripts/broken.lua:2: ");
    ended.said("scripts/idle.lua:1:8: has no steps; write steps = ");
    ended.said("scripts/heavy.lua:1:19: weight is \"much\"; it takes a number above 0");
    ended.said("scripts/odd.lua:1:10: the table has the unknown key 'stepps'; there are: weight,");
    ended.said("scripts/raises.lua:2: attempt to index a nil value (local 'nothing')");
    assert!(!ended.stderr.contains("fine.lua"), "{}", ended.stderr);
}

#[test]
fn a_type_that_there_is_not_is_named_with_those_that_there_are() {
    let scripts = Folder::of("browse", &browsing(1)).with("buy", &browsing(1));
    let ended = refused_with(&scripts, &["--user-types", "browse,sell,beg"], 2);
    ended.said("--user-types browse,sell,beg: there is no type 'sell', 'beg' in ");
    ended.said("; give some of: browse, buy");
    let ended = refused_with(&scripts, &["--trace", "sell"], 2);
    ended.said("--trace sell: there is no type 'sell' in ");
}

#[test]
fn a_port_that_was_asked_for_and_is_taken_is_an_error() {
    let holder = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = holder.local_addr().unwrap().to_string();
    let (target, scripts) = (Target::fine(), Folder::of("browse", &browsing(1)));
    let line = [
        "run",
        "--listen",
        &address,
        "--base-url",
        &target.url(),
        "--script-dir",
    ];
    let ended = throng(line).arg(scripts.path()).end().with_code(2);
    ended.said(&format!("--listen {address}: "));
    ended.said("it is taken by another program");
    ended.said("name another one, port 0 for any free one, or give --no-listen");
    assert_eq!(target.count(), 0);
}

#[test]
fn a_default_port_that_is_taken_gives_way_to_a_free_one_and_says_so() {
    // Whether this bind succeeds or another program has the port already: it is taken.
    let _holder = TcpListener::bind("127.0.0.1:9900");
    let (target, scripts) = (Target::fine(), Folder::of("browse", &browsing(1)));
    let url = target.url();
    let line = ["run", "--users", "1", "--base-url", &url, "--script-dir"];
    let run = throng(line).arg(scripts.path()).start();
    let said = run.wait_for("metrics at http://127.0.0.1:");
    assert!(
        said.contains("/metrics (127.0.0.1:9900 is taken by another "),
        "{said}"
    );
    run.end().with_code(0);
    assert_eq!(target.count(), 1);
}

#[test]
fn a_summary_that_cannot_be_written_is_found_out_before_the_run() {
    let ended = refused(&["--summary-json", "no/such/folder/summary.json"], 2);
    ended.said("--summary-json no/such/folder/summary.json: its folder is not there; make it, or name a file in another one");
}

#[test]
fn a_value_from_a_file_that_is_not_there_is_named() {
    let ended = refused(
        &[
            "-e",
            "token=@missing.txt",
            "-e",
            "other=@gone.txt",
            "-e",
            "x=1",
        ],
        2,
    );
    ended.said("-e token=@missing.txt: No such file or directory");
    ended.said("-e other=@gone.txt: No such file or directory");
    ended.said("name a file that can be read");
}
