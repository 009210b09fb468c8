//! `throng ctl inspect`: one user of a crowd is followed, against the real program.

use serde_json::Value;

use super::program::{Program, Run};
use super::{Answer, Folder, Target, throng};
use crate::support::patience::{until, wait_for};

/// Sessions of three requests, one after the other, with a secret in each.
const READER: &str = "return { requests = 3, think = 0.05, step = function(user)
  http.get('/page', { headers = { Authorization = 'Bearer s3cret-s3cret' } })
  user.state.pages = (user.state.pages or 0) + 1
end }";

/// Is in its one session for as long as the run goes on.
const STAYS: &str = "return { requests = 1000000, think = 0.05, step = function(user)
  http.get '/stay'
  user.state.pages = (user.state.pages or 0) + 1
end }";

struct Crowd {
    _scripts: Folder,
    target: Target,
    run: Run,
    keys: tempfile::TempDir,
}

fn crowd(words: &[&str]) -> Crowd {
    crowd_of(words, |program| program)
}

fn crowd_of(words: &[&str], with: impl FnOnce(Program) -> Program) -> Crowd {
    let target = Target::new(|_| Answer::ok());
    let scripts = Folder::of("reader", READER).with("stays", STAYS);
    let keys = tempfile::tempdir().unwrap();
    let run = throng(["run", "--listen", "127.0.0.1:0", "--continuous", "--quiet"])
        .variable("XDG_RUNTIME_DIR", keys.path().to_str().unwrap())
        .args(&["--base-url", &target.url(), "--script-dir"])
        .arg(scripts.path())
        .args(words);
    let run = with(run).start();
    target.wait_for(20);
    Crowd {
        _scripts: scripts,
        target,
        run,
        keys,
    }
}

impl Crowd {
    fn ctl(&self, words: &[&str]) -> Program {
        throng(["ctl"])
            .variable("XDG_RUNTIME_DIR", self.keys.path().to_str().unwrap())
            .args(words)
    }
}

fn events(text: &str) -> Vec<Value> {
    let lines = text.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn a_user_is_followed_until_its_session_ends() {
    let crowd = crowd(&["--ramp", "0", "--users", "4", "--threads", "2"]);
    let page = crowd.keys.path().join("user.html");
    let words = [
        "inspect",
        "reader",
        "--json",
        "--html",
        page.to_str().unwrap(),
    ];
    let ended = crowd.ctl(&words).end().with_code(0);
    assert!(!ended.stdout.contains("s3cret-s3cret"), "{}", ended.stdout);
    let events = events(&ended.stdout);
    let kinds: Vec<&str> = events
        .iter()
        .map(|one| one["event"].as_str().unwrap())
        .collect();
    assert_eq!(kinds.first(), Some(&"session_began"), "{kinds:?}");
    assert_eq!(kinds.last(), Some(&"session_ended"), "{kinds:?}");
    assert_eq!(events[0]["type"], "reader");
    // All that is recorded is of this user's session, in its order.
    let times: Vec<f64> = events
        .iter()
        .map(|one| one["at"].as_f64().unwrap())
        .collect();
    assert!(times.is_sorted(), "{times:?}");
    let calls = events.iter().filter(|one| one["event"] == "call");
    assert!(calls.clone().count() <= 3, "{}", ended.stdout);
    for call in calls {
        assert_eq!(call["request"]["headers"][0][1], "Bearer ***");
    }
    let page = std::fs::read_to_string(page).unwrap();
    assert!(page.contains("\"session_ended\"") && !page.contains("s3cret-s3cret"));
}

#[test]
fn a_session_under_way_is_followed_by_its_number_until_ctrl_c() {
    let crowd = crowd(&[
        "--ramp",
        "0",
        "--users",
        "3",
        "--user-types",
        "stays",
        "--threads",
        "2",
    ]);
    for user in ["2", "#1"] {
        let follower = crowd.ctl(&["inspect", user]).start();
        follower.wait_for(", which is in a session; Ctrl-C ends");
        let head = follower.wait_on_stdout("session 1, under way for");
        let number = user.trim_start_matches('#');
        assert!(head.starts_with(&format!("stays #{number}, ")), "{head}");
        follower.wait_on_stdout("GET /stay  200");
        follower.wait_on_stdout("state ~ pages = ");
        follower.signal("INT");
        follower.end().with_code(0);
    }
}

#[test]
fn a_user_that_there_is_not_is_named_with_those_that_there_are() {
    let crowd = crowd(&["--ramp", "0", "--users", "3", "--user-types", "stays"]);
    let ended = crowd.ctl(&["inspect", "17"]).end().with_code(1);
    ended.said("user 17: is not in the crowd; give a number from 0 to 2, or a type");
    let ended = crowd.ctl(&["inspect", "stayz"]).end().with_code(1);
    ended.said("stayz: is neither the number of a user nor a type");
    ended.said("did you mean stays?");
    let ended = crowd.ctl(&["inspect", ""]).end().with_code(2);
    ended.said("names no user; give the number of one, such as 17, or a type");
}

#[test]
fn one_that_leaves_ends_what_follows_it() {
    let crowd = crowd(&["--ramp", "0", "--users", "3", "--user-types", "stays"]);
    let follower = crowd.ctl(&["inspect", "2", "--json"]).start();
    follower.wait_on_stdout("\"call\"");
    crowd.ctl(&["set", "users=1"]).end().with_code(0);
    let ended = follower.end().with_code(0);
    let events = events(&ended.stdout);
    let last = events.last().unwrap();
    assert_eq!(
        (&last["event"], &last["result"]),
        (&"session_ended".into(), &"interrupted".into())
    );
    crowd.ctl(&["inspect", "2"]).end().with_code(1);
}

#[test]
fn the_end_of_the_run_ends_what_follows_a_user() {
    let crowd = crowd(&["--ramp", "0", "--users", "2", "--user-types", "stays"]);
    let follower = crowd.ctl(&["inspect", "stays"]).start();
    follower.wait_on_stdout("GET /stay  200");
    crowd.run.signal("INT");
    let ended = follower.end().with_code(0);
    assert!(
        ended.stdout.contains("session interrupted"),
        "{}",
        ended.stdout
    );
    crowd.run.end().with_code(0);
}

#[test]
fn sessions_that_arrive_can_be_followed_too() {
    let crowd = crowd(&["--arrivals", "20/s", "--user-types", "reader"]);
    let ended = crowd.ctl(&["inspect", "reader", "--json"]);
    // Between two arrivals there may be nobody.
    let mut asked = Some(ended);
    until("followed one", || {
        let words = ["inspect", "reader", "--json"];
        let ended = asked.take().unwrap_or_else(|| crowd.ctl(&words)).end();
        ended.code == Some(0) && ended.stdout.contains("\"session_ended\"")
    });
    crowd.ctl(&["inspect", "999999"]).end().with_code(1);
    assert!(crowd.target.count() > 20);
}

#[test]
fn a_session_that_is_over_is_shown_at_once_and_of_others_there_is_none() {
    let crowd = crowd(&["--ramp", "0", "--users", "4", "--threads", "2"]);
    // It is there once the first session that was recorded is over.
    let last = wait_for(
        || {
            let ended = crowd.ctl(&["inspect", "reader", "--last", "--json"]).end();
            (ended.code == Some(0)).then_some(ended)
        },
        || "no session is kept".to_owned(),
    );
    assert!(!last.stdout.contains("s3cret-s3cret"), "{}", last.stdout);
    let events = events(&last.stdout);
    assert_eq!(events[0]["event"], "session_began");
    assert_eq!(events[0]["is_under_way"], false);
    assert_eq!(events.last().unwrap()["event"], "session_ended");
    let calls = events.iter().filter(|one| one["event"] == "call");
    assert_eq!(calls.count(), 3, "{}", last.stdout);
    // A user that stays has no session that is over; of a user that was not recorded there is none.
    for whose in ["stays", "999"] {
        let ended = crowd.ctl(&["inspect", whose, "--last"]).end();
        assert_ne!(ended.code, Some(0), "{}", ended.stdout);
        ended.said("is kept that is over; there is one of user ");
    }
    crowd.ctl(&["stop"]).end().with_code(0);
}

#[test]
fn of_several_users_of_a_type_the_last_sessions_are_kept() {
    let words = ["--ramp", "0", "--users", "4", "--user-types", "reader"];
    let crowd = crowd_of(&words, Program::fast);
    let inspect = |number: &str| {
        let words = ["inspect", "reader", "--json", "--last", number];
        crowd.ctl(&words).end()
    };
    until("four sessions are kept", || inspect("4").code == Some(0));
    // No session ends between two looks.
    crowd.ctl(&["pause"]).end().with_code(0);
    let mut sessions = std::collections::BTreeSet::new();
    for number in ["1", "2", "3", "4"] {
        let events = events(&inspect(number).with_code(0).stdout);
        assert_eq!(events.last().unwrap()["event"], "session_ended");
        sessions.insert((
            events[0]["user"].as_u64().unwrap(),
            events[0]["session"].as_u64().unwrap(),
        ));
    }
    assert_eq!(sessions.len(), 4, "{sessions:?}");
    let ended = crowd
        .ctl(&["inspect", "reader", "--last"])
        .end()
        .with_code(0);
    ended.said("the last session of user ");
    ended.said(" earlier ones are kept: --last 2 to ");
    let ended = inspect("11").with_code(1);
    ended.said("of a user of type reader ");
    ended.said(" sessions are kept; give a number from 1 to ");
    for wrong in ["0", "-1", "all"] {
        let ended = inspect(wrong).with_code(2);
        ended.said("is not a number from 1 up; give one, or leave it out for the newest session");
    }
    crowd.ctl(&["stop"]).end().with_code(0);
}
