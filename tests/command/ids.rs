//! What is no id in an answer never becomes part of a path: it is looked up, or listed with the reason.

use serde_json::Value;
use throng::ledger::{
    Deletion, Directory as LedgerDirectory, Entry, Ledger, OpenOptions, Run, Target as Reached,
};

use super::program::{run, throng};
use super::target::Request;
use super::{Answer, Folder, Target};
use crate::support::on_one_thread;

/// Answers as JSON texts, and what they are called where they are no ids.
const NO_IDS: [(&str, &str); 9] = [
    ("null", "null"),
    ("\"\"", "an empty text"),
    ("\" \"", "a text of whitespace"),
    ("true", "a boolean"),
    ("{\"a\":1}", "an object"),
    ("[7]", "a list"),
    ("1.5", "a number that is not an integer"),
    ("\"..\"", "a text that makes a dot segment"),
    ("\"%2E\"", "a text that makes a dot segment"),
];

/// A target whose `/things/N` is created with the answer number N, and which finds it as `found-N`.
fn target() -> Target {
    Target::new(|request: &Request| {
        let number = request.path.rsplit('/').next().unwrap();
        match request.method.as_str() {
            "POST" => {
                let id = NO_IDS[number.parse::<usize>().unwrap()].0;
                Answer::Status(201, format!("{{\"id\":{id}}}"))
            }
            "GET" => Answer::Status(200, format!("{{\"id\":\"found-{number}\"}}")),
            _ => Answer::ok(),
        }
    })
}

fn script(find: &str) -> String {
    format!(
        "return {{ requests = 9, think = 0, step = function(user)
          user.state.n = (user.state.n or -1) + 1
          http.post('/things/{{n}}', {{ params = {{ n = user.state.n }}, creates = {{ kind = 'thing', id = '/id',
            delete = {{ path = '/one/{{id}}' }} {find} }} }})
        end }}"
    )
}

fn paths(target: &Target, method: &str) -> Vec<String> {
    let requests = target.requests().into_iter();
    let of_method = requests.filter(|request| request.method == method);
    let mut paths: Vec<String> = of_method.map(|request| request.path).collect();
    paths.sort_unstable();
    paths
}

#[test]
fn without_a_look_up_they_are_listed_with_the_reason_and_said_once() {
    let target = target();
    let scripts = Folder::of("maker", &script(""));
    let ended = run(
        &target.url(),
        &scripts.path(),
        &["--users", "2", "--cleanup"],
    )
    .end()
    .with_code(1);
    assert_eq!(paths(&target, "DELETE"), [""; 0]);
    let rest = "at /id, which is not an id, and there is no creates.find to look it up";
    for (_, what) in NO_IDS {
        ended.said(&format!(
            "left behind: thing unknown: its response had {what} {rest}"
        ));
    }
    let said = "POST /things/{n}: what it created cannot be deleted: its response had null at /id";
    assert_eq!(ended.stderr.matches(said).count(), 1, "{}", ended.stderr);
    assert_eq!(ended.stderr.matches("cannot be deleted: ").count(), 1);
}

#[test]
fn with_a_look_up_they_are_found_and_deleted() {
    let target = target();
    let find = ", find = { path = '/find/{n}' }";
    let scripts = Folder::of("maker", &script(find));
    let ended = run(
        &target.url(),
        &scripts.path(),
        &["--users", "1", "--cleanup"],
    )
    .end()
    .with_code(0);
    let all: Vec<String> = (0..9)
        .map(|number| format!("/one/found-{number}"))
        .collect();
    assert_eq!(paths(&target, "DELETE"), all);
    assert!(
        !ended.stderr.contains("cannot be deleted"),
        "{}",
        ended.stderr
    );
}

#[test]
fn a_pointer_to_nothing_is_an_error_of_the_script_and_the_thing_stays() {
    let target = Target::new(|_| Answer::Status(201, "{\"ID\":7}".to_owned()));
    let scripts = Folder::of("maker", &script(""));
    let words = ["--users", "1", "--sessions", "1", "--cleanup"];
    let ended = run(&target.url(), &scripts.path(), &words)
        .end()
        .with_code(1);
    ended.said("maker.lua:3: http.post: creates.id = \"/id\" matches nothing in the response of /things/{n} (201): it has nothing at /id");
    ended.said("left behind: thing unknown: its creation was never confirmed");
    assert_eq!(paths(&target, "DELETE"), [""; 0]);
}

#[test]
fn whole_numbers_keep_their_digits() {
    let ids = [
        "9007199254740993",
        "18446744073709551615",
        "123456789012345678901234567890",
    ];
    let target = Target::new(move |request: &Request| {
        let id = request
            .path
            .strip_prefix("/things/")
            .and_then(|n| ids.get(n.parse::<usize>().ok()?));
        match id.filter(|_| request.method == "POST") {
            Some(id) => Answer::Status(201, format!("{{\"id\":{id}}}")),
            None => Answer::ok(),
        }
    });
    let scripts = Folder::of("maker", &script("").replace("requests = 9", "requests = 3"));
    run(
        &target.url(),
        &scripts.path(),
        &["--users", "1", "--cleanup"],
    )
    .end()
    .with_code(0);
    let mut wanted = ids.map(|id| format!("/one/{id}"));
    wanted.sort();
    assert_eq!(paths(&target, "DELETE"), wanted);
}

/// Versions before wrote down whatever stood where an id should.
#[test]
fn of_older_ledgers_too_only_ids_become_part_of_a_path() {
    let target = Target::fine();
    let state = tempfile::tempdir().unwrap();
    on_one_thread(async {
        let run = Run {
            id: "old".to_owned(),
            started: 1_700_000_000,
            version: "0.0.9".to_owned(),
            target: Reached::plain(&target.url()),
        };
        let folder = LedgerDirectory::at(state.path());
        let ledger = Ledger::begin(folder, run, &OpenOptions::default()).unwrap();
        let handle = ledger.handle(0, false);
        for given in ["", " ", "null", "true", "[1]", "..", "%2e%2e", "7"] {
            let (id, committed) = handle.intend(Entry {
                kind: "thing".to_owned(),
                needs: Vec::new(),
                params: std::collections::BTreeMap::new(),
                delete: Deletion {
                    method: "DELETE".to_owned(),
                    path: "/one/{id}".to_owned(),
                    body: None,
                },
                find: None,
                login: None,
                confirmed: false,
                doubt: None,
                at: None,
            });
            committed.await.unwrap().unwrap();
            handle.confirm(id, Some(given.to_owned()));
        }
        assert_eq!(ledger.close().await.counts.total(), 8);
    });
    let cleanup = |words: &[&str]| {
        let place = state.path().to_str().unwrap();
        throng(["cleanup"])
            .args(words)
            .variable("THRONG_STATE_DIR", place)
            .end()
    };
    let ended = cleanup(&[]).with_code(1);
    assert_eq!(paths(&target, "DELETE"), ["/one/7"]);
    ended.said("its id is the text \"null\", which is not an id, and there is no creates.find to look it up");
    let listed = cleanup(&["--list", "--run", "old", "--json"]);
    let listed: Value = serde_json::from_str(&listed.stdout).unwrap();
    assert_eq!(listed.as_array().unwrap().len(), 7);
}
